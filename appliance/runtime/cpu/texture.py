"""Pattern of one garment in NumPy: a masked cut in, how much the cloth changes by scale and direction out."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.pyramid import masked_pyramid, opponents_of, slope_maps
from appliance.runtime.cpu.weave import weave_of
from appliance.runtime.scales import MIN_PATTERN_PX, SLOPE_LEVELS, TEXTURE_FIGURES, WEAVE_SHARES

SEAM = np.ones((5, 5), np.uint8)
"Edges of the mask are left out: they belong to the shape, and to whatever stands behind."


def pattern_of(cut: NDArray[np.uint8], mask: MaskArray) -> tuple[FloatArray, FloatArray]:
    """Pattern figures (21,) and weave (300,) of one cut (H, W, 3); zeros for a tiny mask.

    Logarithmic light and shares of colour make them the same in bright and dim light.
    """
    core = cv2.erode(mask.astype(np.uint8), SEAM).astype(np.bool_)
    if core.sum() < MIN_PATTERN_PX:
        return np.zeros(TEXTURE_FIGURES, np.float32), np.zeros(WEAVE_SHARES, np.float32)
    levels = masked_pyramid(opponents_of(cut.astype(np.float32)), mask)
    slopes = [slope_maps(np.ascontiguousarray(level[..., 0])) for level in levels[:SLOPE_LEVELS]]
    return texture_figures(levels, slopes, core), weave_of(slopes, core)


def texture_figures(levels: list[FloatArray], slopes: list[FloatArray], core: MaskArray) -> FloatArray:
    """Log(1 + mean over the core) of all changes, shape (21,), >= 0; levels and slopes (H, W, 3) by scale."""
    maps = [np.abs(fine - coarse) for fine, coarse in pairwise(levels)]
    means = np.concatenate([changes[core].mean(axis=0) for changes in (*maps, *slopes)])
    figures: FloatArray = np.log1p(means).astype(np.float32)
    return figures
