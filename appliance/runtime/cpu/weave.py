"""Weave of one garment in NumPy: slopes by scale in, shares of the cloth by how steep it is across and down out."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.histogram import soft_histogram
from appliance.runtime.cpu.pyramid import blur
from appliance.runtime.scales import (
    NEIGHBOURHOOD,
    SLOPE_LEVELS,
    STEEPEST,
    STEEPNESS_BINS,
    STEEPNESS_REACH,
    STEEPNESS_SIGMA,
    WEAVE_SHARES,
    blur_matrix,
)


def weave_of(slopes: list[FloatArray], core: MaskArray) -> FloatArray:
    """Shares of the core (H, W) by slopes (H, W, 2 and more) across and down, shape (300,), float32, sum 1."""
    across, down = (np.stack([level[..., axis] for level in slopes], axis=-1) for axis in (0, 1))
    planes = np.concatenate([across, down, np.ones((*core.shape, 1), np.float32)], axis=-1)
    height, width = core.shape
    small = cv2.resize(planes * core[..., None], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    inside = small[..., -1] > 0.5
    if not inside.any():
        return np.zeros(WEAVE_SHARES, np.float32)
    near = blur(small, NEIGHBOURHOOD)[inside]
    bins = np.log1p(near[:, :-1] / near[:, -1:]) * np.float32(STEEPNESS_BINS / STEEPEST)
    counts = [steepness(bins[:, level], bins[:, SLOPE_LEVELS + level]) for level in range(SLOPE_LEVELS)]
    weave: FloatArray = (np.concatenate(counts) / (SLOPE_LEVELS * len(bins))).astype(np.float32)
    return weave


def steepness(across: FloatArray, down: FloatArray) -> FloatArray:
    """Blurred histogram of slopes (M,) in bins, flat, shape (100,), sum M."""
    spread = blur_matrix(STEEPNESS_BINS, STEEPNESS_SIGMA, STEEPNESS_REACH)
    counts = spread.T @ soft_histogram(across, down, STEEPNESS_BINS) @ spread
    return np.asarray(counts.reshape(-1), np.float32)
