"""Colour and pattern of garments in NumPy: the living definition of descriptor/1 that the other wing mirrors.

Each measure reads mask pixels only: whatever stands behind the mask cannot change a bit of the result.
"""

from __future__ import annotations

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
        rows = [hsv_histogram(half(cut), half_mask(mask)) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, int(np.prod(HSV_BINS)))

    def stripes(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Lab histograms of four stripes, shape (N, 1536), float32; each stripe weighted by its coverage."""
        rows = [lab_histogram(half(cut), half_mask(mask)) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, STRIPES * int(np.prod(LAB_BINS)))

    def texture(self, cuts: Pixels, masks: MaskArray) -> FloatArray:
        """Pattern figures, shape (N, 72), float32, >= 0: log of mean differences and slopes, per stripe."""
        rows = [texture_figures(cut, mask) for cut, mask in zip(cuts, masks, strict=True)]
        return stack(rows, STRIPES * TEXTURE_FIGURES)


def stack(rows: list[FloatArray], length: int) -> FloatArray:
    """Rows of `length` as one matrix (N, length), N = 0 included."""
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, length), np.float32)


def half(cut: Pixels) -> Pixels:
    """Every second row and column: colour needs no more, and no hidden pixel is blended in."""
    return cut[::2, ::2]


def half_mask(mask: MaskArray) -> MaskArray:
    """The mask on the grid of `half`."""
    return mask[::2, ::2]


def hsv_histogram(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Soft 8x4x4 histogram of one cut's hue, saturation, value, shape (128,), unit length."""
    hsv = cv2.cvtColor(cut, cv2.COLOR_RGB2HSV).astype(np.float32)
    points = np.stack([hsv[..., 0] / 180 * 8, hsv[..., 1] / 256 * 4, hsv[..., 2] / 256 * 4], axis=-1)
    total = np.zeros(int(np.prod(HSV_BINS)), np.float32)
    for part, inside in zip(split(points), split(mask), strict=True):
        counts = soft_histogram(part[inside], HSV_BINS, circular=True)
        total += counts * (inside.mean() / max(float(counts.sum()), 1e-9))
    unit: FloatArray = np.sqrt(total / np.float32(max(float(total.sum()), 1e-9)))
    return unit


def lab_histogram(cut: Pixels, mask: MaskArray) -> FloatArray:
    """Soft 6x8x8 Lab histograms of four stripes, shape (1536,), length at most 1."""
    lab = cv2.cvtColor(cut, cv2.COLOR_RGB2LAB).astype(np.float32)
    low = np.array([low for low, _ in LAB_RANGE], np.float32)
    high = np.array([high for _, high in LAB_RANGE], np.float32)
    points = (lab - low) / (high - low) * np.array(LAB_BINS, np.float32)
    rows = [
        stripe_histogram(part[inside], float(inside.mean()))
        for part, inside in zip(split(points), split(mask), strict=True)
    ]
    return np.concatenate(rows) * np.float32(STRIPES**-0.5)


def stripe_histogram(points: FloatArray, coverage: float) -> FloatArray:
    """Smoothed Lab histogram of one stripe's pixels (P, 3), square-rooted, weighted by the stripe's coverage."""
    counts = smooth(soft_histogram(points, LAB_BINS, circular=False))
    shares = np.sqrt(counts / max(float(counts.sum()), 1e-9))
    weighted: FloatArray = (shares * np.sqrt(min(1.0, coverage / THIN))).astype(np.float32)
    return weighted


def soft_histogram(points: FloatArray, bins: tuple[int, int, int], *, circular: bool) -> FloatArray:
    """Trilinear histogram of points (P, 3) in units of bins; the first axis may be circular. Shape (prod(bins),)."""
    size = np.array(bins)
    centred = points - np.float32(0.5)
    low = np.floor(centred)
    share = centred - low
    low_bin = low.astype(np.int64)
    counts = np.zeros(int(size.prod()))
    for corner in product((0, 1), repeat=3):
        place = low_bin + corner
        first = place[:, 0] % bins[0] if circular else place[:, 0].clip(0, bins[0] - 1)
        second, third = place[:, 1].clip(0, bins[1] - 1), place[:, 2].clip(0, bins[2] - 1)
        weight = np.where(corner, share, 1 - share).prod(axis=1)
        flat = (first * bins[1] + second) * bins[2] + third
        counts += np.bincount(flat, weights=weight, minlength=len(counts))
    return counts.astype(np.float32)


def smooth(counts: FloatArray) -> FloatArray:
    """Gaussian of sigma 0.7 over the three axes of a Lab histogram: neighbouring colours are alike."""
    kernel = np.exp(-0.5 * (np.arange(-2, 3) / 0.7) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    cube: NDArray[np.float32] = counts.reshape(*LAB_BINS)
    for axis in range(3):
        turned = np.moveaxis(cube, axis, 0)
        padded = np.concatenate([turned[:1], turned[:1], turned, turned[-1:], turned[-1:]])
        length = turned.shape[0]
        blurred = sum(weight * padded[i : i + length] for i, weight in enumerate(kernel))
        cube = np.moveaxis(np.asarray(blurred, np.float32), 0, axis)
    return cube.reshape(-1)


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


def split(array: NDArray[Scalar]) -> list[NDArray[Scalar]]:
    """Four equal horizontal stripes of (H, W, ...), top first."""
    return np.array_split(array, STRIPES, axis=0)
