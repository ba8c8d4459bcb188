"""Colour and pattern of garments in NumPy: the living definition of descriptor/1 that the other wing mirrors.

Each measure reads mask pixels only: whatever stands behind the mask cannot change a bit of the result.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray

STRIPES = 4
"Equal horizontal parts of a cut, top to bottom."
HSV_BINS = (8, 4, 4)
LAB_BINS = (6, 8, 8)
LAB_RANGE = ((0.0, 256.0), (78.0, 188.0), (78.0, 188.0))
"OpenCV's 8-bit Lab: clothes seldom leave 78..188 in a and b."
THIN = 0.15
"A stripe covered less than this counts less."
TEXTURE_SIGMAS = (1, 2, 4, 8)
"Pixels of the 128x256 cut."
TEXTURE_FIGURES = 18
MIN_PATTERN_PX = 30
"A stripe with fewer pixels says nothing of its pattern."

Pixels = NDArray[np.uint8]
Scalar = TypeVar("Scalar", bound=np.generic)


class CpuMeasures:
    """Measures of the CPU wing; stateless."""

    def colour(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Global HSV histograms, shape (N, 128), float32, unit length (square root of shares: Hellinger)."""
        rows = [hsv_histogram(half(cut), half(mask)) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, int(np.prod(HSV_BINS)))

    def stripes(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Lab histograms of four stripes, shape (N, 1536), float32; each stripe weighted by its coverage."""
        rows = [lab_histogram(half(cut), half(mask)) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, STRIPES * int(np.prod(LAB_BINS)))

    def texture(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Pattern figures, shape (N, 72), float32, >= 0: log of mean differences and slopes, per stripe."""
        rows = [texture_figures(cut, mask) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, STRIPES * TEXTURE_FIGURES)


def stack(rows: list[FloatArray], length: int) -> FloatArray:
    """Rows of `length` as one matrix (N, length), N = 0 included."""
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, length), np.float32)


def half(picture: NDArray[Scalar]) -> NDArray[Scalar]:
    """Every second row and column of a cut or mask: colour needs no more, and no hidden pixel is blended in."""
    return picture[::2, ::2]


def hsv_histogram(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Soft 8x4x4 histogram of one cut's hue, saturation, value, shape (128,), unit length."""
    hsv = cv2.cvtColor(cut, cv2.COLOR_RGB2HSV).astype(np.float32)
    scale = np.array((8 / 180, 4 / 256, 4 / 256), np.float32)
    counts = soft_histograms(hsv * scale, mask, HSV_BINS, circular=True)
    total = (shares_of(counts) * coverage_of(mask)[:, None]).sum(axis=0)
    unit: FloatArray = np.sqrt(total / max(float(total.sum()), 1e-9)).astype(np.float32)
    return unit


def lab_histogram(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Soft 6x8x8 Lab histograms of four stripes, shape (1536,), length at most 1; thin stripes count less."""
    lab = cv2.cvtColor(cut, cv2.COLOR_RGB2LAB).astype(np.float32)
    low, high = np.array(LAB_RANGE, np.float32).T
    scale = np.array(LAB_BINS, np.float32) / (high - low)
    counts = soft_histograms((lab - low) * scale, mask, LAB_BINS, circular=False)
    weight = np.minimum(1, coverage_of(mask) / THIN) / STRIPES
    rows: FloatArray = np.sqrt(shares_of(smooth(counts)) * weight[:, None]).astype(np.float32)
    return rows.reshape(-1)


def coverage_of(mask: MaskArray) -> FloatArray:
    """Share of each stripe that a mask (H, W) covers, shape (4,)."""
    return np.asarray(mask.reshape(STRIPES, -1).mean(axis=1), np.float32)


def shares_of(counts: FloatArray) -> FloatArray:
    """Histograms (4, B) as shares of their own sum; empty ones stay empty."""
    shares: FloatArray = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
    return shares


def soft_histograms(
    points: FloatArray, mask: MaskArray, bins: tuple[int, int, int], *, circular: bool
) -> FloatArray:
    """Trilinear histograms of the mask's points (H, W, 3), in units of bins, one per stripe: shape (4, prod(bins)).

    The first axis may be circular; on the others a point beyond the last bin's middle counts to the last bin.
    """
    size = int(np.prod(bins))
    stripe = np.flatnonzero(mask) // (mask.size // STRIPES)
    centred = points[mask].T - np.float32(0.5)
    low = np.floor(centred).astype(np.int64)
    share = centred - low
    sides = (
        [(low[axis], 1 - share[axis]) for axis in range(3)],
        [(low[axis] + 1, share[axis]) for axis in range(3)],
    )
    counts = np.zeros(STRIPES * size)
    for corner in product((0, 1), repeat=3):
        (first, w1), (second, w2), (third, w3) = (sides[side][axis] for axis, side in enumerate(corner))
        first = first % bins[0] if circular else first.clip(0, bins[0] - 1)
        inside = second.clip(0, bins[1] - 1) * bins[2] + third.clip(0, bins[2] - 1)
        place = (stripe * bins[0] + first) * (bins[1] * bins[2]) + inside
        counts += np.bincount(place, weights=w1 * w2 * w3, minlength=len(counts))
    return counts.reshape(STRIPES, size).astype(np.float32)


def smooth(counts: FloatArray) -> FloatArray:
    """Gaussian of sigma 0.7 over the three axes of Lab histograms (4, 384): neighbouring colours are alike."""
    cubes: FloatArray = counts.reshape(STRIPES, *LAB_BINS)
    for axis, length in enumerate(LAB_BINS, start=1):
        cubes = np.moveaxis(np.tensordot(cubes, blur_matrix(length), axes=(axis, 0)), -1, axis)
    return cubes.reshape(STRIPES, -1)


@lru_cache(maxsize=4)
def blur_matrix(length: int) -> FloatArray:
    """Gaussian of sigma 0.7 over `length` bins as a matrix (length, length); what leaves at an end stays in its bin."""
    away = np.arange(-2, 3)
    kernel = np.exp(-0.5 * (away / 0.7) ** 2)
    matrix = np.zeros((length, length))
    for row in range(length):
        np.add.at(matrix[row], (row + away).clip(0, length - 1), kernel / kernel.sum())
    return matrix.astype(np.float32)


def texture_figures(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Eighteen pattern figures of four stripes, shape (72,): how much the cloth changes, by scale and direction."""
    lab = cv2.cvtColor(cut, cv2.COLOR_RGB2LAB).astype(np.float32)
    core = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.bool_)
    levels = [masked_blur(lab, mask, sigma) for sigma in TEXTURE_SIGMAS]
    maps = [np.abs(fine - coarse) for fine, coarse in pairwise(levels)]
    slopes = [slope_maps(level[..., 0]) for level in levels[:3]]
    return np.concatenate([stripe_means(figures, core) for figures in (*maps, *slopes)], axis=1).reshape(-1)


def masked_blur(lab: FloatArray, mask: MaskArray, sigma: int) -> FloatArray:
    """Gaussian blur of (H, W, 3) that averages mask pixels only; hidden pixels count as absent."""
    weight = mask.astype(np.float32)
    both = np.dstack([lab * weight[..., None], weight])
    blurred = cv2.GaussianBlur(both, (6 * sigma + 1, 6 * sigma + 1), sigma)
    result: FloatArray = blurred[..., :3] / np.maximum(blurred[..., 3:], 1e-3)
    return result


def slope_maps(light: FloatArray) -> FloatArray:
    """|Sobel x|, |Sobel y| and sqrt|x y| of a light level (H, W), shape (H, W, 3)."""
    across = np.abs(cv2.Sobel(light, cv2.CV_32F, 1, 0))
    down = np.abs(cv2.Sobel(light, cv2.CV_32F, 0, 1))
    return np.stack([across, down, np.sqrt(across * down)], axis=-1)


def stripe_means(figures: FloatArray, core: MaskArray) -> FloatArray:
    """log(1 + mean) of each of C maps (H, W, C) over each stripe's core, shape (4, C); zeros where too few pixels."""
    inside = core.reshape(STRIPES, 1, -1).astype(np.float32)
    counts = inside.sum(axis=2)
    sums = (inside @ figures.reshape(STRIPES, inside.shape[2], -1))[:, 0]
    means: FloatArray = np.log1p(sums / np.maximum(counts, 1)).astype(np.float32)
    return np.where(counts < MIN_PATTERN_PX, np.float32(0), means)
