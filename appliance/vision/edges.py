"""Lines of a small picture: light in, one bit a pixel out, by Sobel, thinned and above what is usual near it."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, MaskArray

LEAST = 24.0
"Sobel's answer below which nothing is a line: a step of six levels, more than classes of light make."
AROUND = 7
"Pixels to each side over which the usual strength is taken."
ABOVE = 1.2
"Times the usual strength."
SPECK = 3
"Pixels of lines within two pixels that are no line yet."
NEIGHBOURS = ((0, 1), (1, 1), (1, 0), (1, -1))
"Down and across, by the direction of the slope: from level to steep."


def edges_of(light: FloatArray) -> MaskArray:
    """Where lines are in a picture (H, W) of light; what has no two neighbours on a line is a speck, and no line."""
    across, down = sobel(light)
    strength = np.hypot(across, down)
    strong = strength > np.maximum(LEAST, ABOVE * mean_around(strength, AROUND))
    lines = strong & ridge(strength, across, down)
    return np.asarray(lines & (mean_around(lines.astype(np.float32), 2) * 25 > SPECK + 0.5))


def sobel(light: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slopes across and down (H, W), after Sobel and Feldman 1968; edges of the picture are repeated."""
    rows, columns = light.shape
    padded = np.pad(light, 1, mode="edge")
    smooth = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    across = smooth[:, 2:] - smooth[:, :-2]
    smooth = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    down = smooth[2:] - smooth[:-2]
    return np.asarray(across.reshape(rows, columns)), np.asarray(down.reshape(rows, columns))


def ridge(strength: FloatArray, across: FloatArray, down: FloatArray) -> MaskArray:
    """Where the strength (H, W) is no less than one step up and down the slope (Canny 1986)."""
    padded = np.pad(strength, 1)
    rows, columns = strength.shape
    direction = np.rint(np.arctan2(down, across) / (np.pi / 4)).astype(np.int64) % 4
    top = np.zeros(strength.shape, np.bool_)
    for number, (y, x) in enumerate(NEIGHBOURS):
        ahead = padded[1 + y : 1 + y + rows, 1 + x : 1 + x + columns]
        behind = padded[1 - y : 1 - y + rows, 1 - x : 1 - x + columns]
        top |= (direction == number) & (strength >= ahead) & (strength > behind)
    return top


def mean_around(values: FloatArray, reach: int) -> FloatArray:
    """Mean over a square of `reach` to each side, (H, W), by sums from the corner; edges are repeated."""
    side = 2 * reach + 1
    sums = np.pad(np.pad(values, reach, mode="edge").cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    square = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(square / side**2, np.float32)


def widened(mask: MaskArray, reach: int) -> MaskArray:
    """The mask (H, W) and what is within `reach` pixels of it, in a square."""
    wide = mask
    for axis in (0, 1):
        grown = wide.copy()
        for step in range(1, reach + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            grown[tuple(ahead)] |= wide[tuple(behind)]
            grown[tuple(behind)] |= wide[tuple(ahead)]
        wide = grown
    return wide
