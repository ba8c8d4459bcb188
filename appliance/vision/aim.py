"""What a technician needs to aim a camera: frames and where people are in; lines, focus and light out, no pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, Frame, MaskArray
from appliance.runtime.seam import ImageOps
from appliance.vision.edges import sobel
from appliance.vision.focus import Focus
from appliance.vision.reference import Reference, covered

LONGEST_SIDE = 192
"Pixels of the small picture and the drawing: enough for a kerb, too few for a face."
DRAW_EVERY_S = 1.0
COMPARE_OVER_S = 2.0
"A camera that turns slowly is noticed within this."
DARK, BRIGHT = 16, 248
"Levels where no detail is left: black, and burnt out."
MOVED = 0.4
"Of a small pixel, by which many of the steepest change: no wall shakes like that in the wind."
MOST = 0.6
"Of a sharp edge that moves only one of its two sides changes, which is half of its pixels."
SLOPES = 0.2
"Share of the pixels that are compared: the steepest, since a plain wall looks the same from anywhere."
LEAST_SLOPE = 4.0
"Levels a pixel: a plain wall's noise is less."
LEAST_FREE, LEAST_STEEP = 500, 50
"Pixels without people, and steep ones among them, that are needed for it."


@dataclass(frozen=True)
class Sight:
    """One look through the camera."""

    people: FloatArray
    "Shape (N, 4): left, top, width, height in shares of the picture."
    focus: tuple[float | None, ...]
    in_focus: float | None
    brightness: float
    dark: float
    bright: float
    "Shares of the picture without people, 0..1."
    moving: bool
    lines: MaskArray
    "Shape (H, W)."
    unseen: MaskArray
    "Shape (H, W)."


class Aim:
    """Owner of everything that a session remembers of the street; to forget it is to drop this."""

    def __init__(self, image: ImageOps, frame: Frame) -> None:
        """For a source whose frames are like `frame`."""
        self._image = image
        self._focus = Focus(image)
        longest = max(frame.width, frame.height)
        width, height = (max(1, round(side * LONGEST_SIDE / longest)) for side in (frame.width, frame.height))
        self._reference = Reference(width, height)
        self._drawn: tuple[MaskArray, MaskArray] = self._reference.draw()
        self._drawn_s = -np.inf
        self._still = Stillness()

    def look(self, frame: Frame, shown: FloatArray, hiding: FloatArray, now_s: float) -> Sight:
        """Look once; boxes in pixels: `shown` (N, 4) of people to be drawn, `hiding` (M, 4) wherever one may be."""
        width, height = self._reference.size
        picture = self._image.glance(frame, width, height)
        size = np.tile(np.array([frame.width, frame.height], np.float32), 2)
        free = ~covered(hiding / size, width, height)
        moving = self._still.is_moving(picture, free, now_s)
        if moving:
            self._reference = Reference(width, height)
        else:
            self._reference.add(picture, hiding / size, now_s)
        if moving or now_s - self._drawn_s >= DRAW_EVERY_S:
            self._drawn, self._drawn_s = self._reference.draw(), now_s
        focus = self._focus.look(frame, hiding)
        light = picture[free] if free.any() else np.zeros(1, np.uint8)
        return Sight(
            as_shares(shown, size),
            focus,
            self._focus.of_the_best(),
            float(light.mean()) / 255,
            float((light < DARK).mean()),
            float((light > BRIGHT).mean()),
            moving,
            *self._drawn,
        )


class Stillness:
    """Whether the camera is still: a picture of a moment ago to compare with."""

    def __init__(self) -> None:
        self._before: tuple[NDArray[np.uint8], MaskArray] | None = None
        self._since_s = -np.inf

    def is_moving(self, picture: NDArray[np.uint8], free: MaskArray, now_s: float) -> bool:
        """Compare a picture (H, W), without people where `free`, with the one of a moment ago."""
        moving = self._before is not None and shift(self._before[0], picture, self._before[1] & free) > MOVED
        if moving or now_s - self._since_s >= COMPARE_OVER_S:
            self._before, self._since_s = (picture, free), now_s
        return moving


def shift(before: NDArray[np.uint8], after: NDArray[np.uint8], free: MaskArray) -> float:
    """About how many pixels a picture moved, across or down, whichever is more; 0 where too little is known.

    The change by the slope where that is steep, of upright edges, which tell a turn to the side, and of level ones.
    """
    if free.sum() < LEAST_FREE:
        return 0.0
    across, down = (np.float32(0.125) * np.abs(slope[free]) for slope in sobel(before.astype(np.float32)))
    # A cloud, or the camera's own exposure, changes the light of all by the same factor.
    factor = np.float32(after[free].mean() / max(before[free].mean(), 1.0))
    change = np.abs(after[free] - factor * before[free])
    return max(usual_ratio(change, across, across > down), usual_ratio(change, down, down >= across))


def usual_ratio(change: FloatArray, slope: FloatArray, where: MaskArray) -> float:
    """Change by slope (N,) that MOST of the steepest do not exceed; 0 where there are too few."""
    if where.sum() < LEAST_STEEP:
        return 0.0
    steep = where & (slope >= max(float(np.quantile(slope[where], 1 - SLOPES)), LEAST_SLOPE))
    return float(np.quantile(change[steep] / slope[steep], MOST)) if steep.sum() >= LEAST_STEEP else 0.0


def as_shares(boxes: FloatArray, size: FloatArray) -> FloatArray:
    """Boxes (N, 4) in pixels as left, top, width, height in shares, within the picture."""
    shares = (boxes / size).clip(0, 1)
    return np.concatenate([shares[:, :2], shares[:, 2:] - shares[:, :2]], axis=1)
