"""Colour and light of garments in NumPy: the living definition of descriptor/1 that the other wing mirrors.

Each measure reads mask pixels only: whatever stands behind the mask cannot change a bit of the result.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.histogram import soft_histogram
from appliance.runtime.cpu.texture import pattern_of
from appliance.runtime.scales import (
    CHROMA_BINS,
    CHROMA_OFFSET,
    CHROMA_REACH,
    CHROMA_SIGMA,
    LEAST_PX,
    LIGHT_OFFSET,
    LIGHT_PARTS,
    LIGHT_STEPS,
    PALETTE_PARTS,
    PALETTE_STEPS,
    TEXTURE_FIGURES,
    WEAVE_SHARES,
    blur_matrix,
)

Pixels = NDArray[np.uint8]
Scalar = TypeVar("Scalar", bound=np.generic)


class CpuMeasures:
    """Measures of the CPU wing; stateless."""

    def colour(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Histograms of the colour plane, shape (N, 169), float32, unit length: hue and strength, not light."""
        rows = [chroma_histogram(half(cut), half(mask)) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, CHROMA_BINS * CHROMA_BINS)

    def light(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Four classes of light, upper and lower half, shape (N, 8), float32, square roots of shares."""
        rows = [light_classes(half(cut), half(mask)) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, LIGHT_PARTS * len(LIGHT_STEPS))

    def pattern(self, cuts: Pixels, masks: MaskArray) -> tuple[FloatArray, FloatArray]:
        """Pattern figures, shape (N, 21), float32, >= 0: log of mean differences and slopes, by scale; and the weave.

        The weave, shape (N, 300): shares of the cloth by its slopes across and down at three scales, sum 1, or zeros.
        """
        both = [pattern_of(cut, mask) for cut, mask in zip(cuts, masks, strict=True)]
        figures, weaves = [one for one, _ in both], [other for _, other in both]
        return stack(figures, TEXTURE_FIGURES), stack(weaves, WEAVE_SHARES)

    def palette(self, cuts: Pixels, masks: MaskArray, names: Pixels, count: int) -> FloatArray:
        """Named colours of four parts, shape (N, 4 * count), float32, square roots of shares of the whole.

        `names` (32768,) holds the name's number of each colour by its upper five bits of R, G, B.
        """
        rows = [
            named_shares(half(cut), half(mask), names, count) for cut, mask in zip(cuts, masks, strict=True)
        ]
        return stack(rows, PALETTE_PARTS * count)

    def pool(self, features: FloatArray, masks: MaskArray) -> FloatArray:
        """Mean of features (N, C, h, w) over masks (N, H, W), each cell by its covered share, shape (N, C), float32."""
        count, _, rows, columns = features.shape
        _, height, width = masks.shape
        tiles = masks.reshape(count, rows, height // rows, columns, width // columns)
        share = tiles.mean(axis=(2, 4), dtype=np.float32)
        total = np.einsum("nchw,nhw->nc", features, share)
        means: FloatArray = (total / np.maximum(share.sum(axis=(1, 2)), 1e-6)[:, None]).astype(np.float32)
        return means


def stack(rows: list[FloatArray], length: int) -> FloatArray:
    """Rows of `length` as one matrix (N, length), N = 0 included."""
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, length), np.float32)


def half(picture: NDArray[Scalar]) -> NDArray[Scalar]:
    """Every second row and column of a cut or mask: colour needs no more, and no hidden pixel is blended in."""
    return picture[::2, ::2]


def chroma_of(rgb: FloatArray, offset: float) -> tuple[FloatArray, FloatArray]:
    """Red-green and yellow-blue of pixels (..., 3), as shares of their light plus `offset`: the same in any light.

    A pixel and the same one twice as bright differ only by the offset. Ranges about -1.8..1.8 and -3..1.5.
    """
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    light = rgb.mean(axis=-1) + np.float32(offset)
    red_green: FloatArray = np.float32(1.2) * (red - green) / light
    yellow_blue: FloatArray = ((red + green) / 2 - blue) / light
    return red_green, yellow_blue


def chroma_histogram(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Soft 13x13 histogram of one cut's colour plane, shape (169,), unit length (square root of shares: Hellinger)."""
    first, second = chroma_of(cut[mask].astype(np.float32), CHROMA_OFFSET)
    half_bins = np.float32(CHROMA_BINS / 2)
    counts = soft_histogram((first + 1) * half_bins, (second + 1) * half_bins, CHROMA_BINS)
    blur = blur_matrix(CHROMA_BINS, CHROMA_SIGMA, CHROMA_REACH)
    smooth = blur.T @ counts @ blur
    unit: FloatArray = np.sqrt(smooth / max(float(smooth.sum()), 1e-9)).astype(np.float32)
    return unit.reshape(-1)


def light_classes(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Square roots of the shares of four classes of light in two parts, shape (8,); zeros where too few pixels."""
    steps = np.log(np.array(LIGHT_STEPS) + LIGHT_OFFSET)
    light = np.log(cut.astype(np.float32).mean(axis=-1) + LIGHT_OFFSET)
    rows = []
    for shades, inside in zip(np.split(light, LIGHT_PARTS), np.split(mask, LIGHT_PARTS), strict=True):
        place = np.interp(shades[inside], steps, np.arange(len(steps)))
        shares = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(len(steps)))).sum(axis=0)
        known = len(place) >= LEAST_PX
        rows.append(np.sqrt(shares / (len(place) * LIGHT_PARTS)) if known else np.zeros(len(steps)))
    classes: FloatArray = np.concatenate(rows).astype(np.float32)
    return classes


def named_shares(cut: Pixels, mask: MaskArray, names: Pixels, count: int) -> FloatArray:
    """Square roots of the named colours' shares in each part, shape (4 * count,), of one cut."""
    steps = (cut >> 3).astype(np.int64)
    index = (steps[..., 0] * PALETTE_STEPS + steps[..., 1]) * PALETTE_STEPS + steps[..., 2]
    part = np.repeat(np.arange(PALETTE_PARTS), len(cut) // PALETTE_PARTS)[:, None]
    place = (part * count + names[index])[mask]
    counts = np.bincount(place, minlength=PALETTE_PARTS * count)
    shares: FloatArray = np.sqrt(counts / max(1, len(place))).astype(np.float32)
    return shares
