"""A masked cut at ever coarser scales: pixels in, levels of light and colour and their slopes out."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.records import FloatArray, MaskArray
from appliance.runtime.scales import (
    COLOUR_OFFSET,
    COLOUR_UNIT,
    FINE_SIGMAS,
    HALVED_SIGMA,
    HALVINGS,
    LIGHT_OFFSET,
    LIGHT_UNIT,
    reach_of,
)


def opponents_of(rgb: FloatArray) -> FloatArray:
    """Logarithmic light, red-green and yellow-blue of pixels (H, W, 3), shape (H, W, 3), float32."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    light = rgb.mean(axis=-1)
    unit = COLOUR_UNIT / (light + COLOUR_OFFSET)
    planes = (
        LIGHT_UNIT * np.log(light + LIGHT_OFFSET),
        1.2 * (red - green) * unit,
        ((red + green) / 2 - blue) * unit,
    )
    return np.stack(planes, axis=-1).astype(np.float32)


def masked_pyramid(planes: FloatArray, mask: MaskArray) -> list[FloatArray]:
    """Five ever coarser levels of planes (H, W, 3), all (H, W, 3), that average mask pixels only.

    Hidden pixels count as absent (normalised convolution, Knutsson and Westin 1993).
    """
    height, width = mask.shape
    weight = mask.astype(np.float32)
    both = np.dstack([planes * weight[..., None], weight])
    levels = [blur(both, sigma) for sigma in FINE_SIGMAS]
    coarse = levels[-1]
    for _ in range(HALVINGS):
        size = coarse.shape[1] // 2, coarse.shape[0] // 2
        coarse = blur(cv2.resize(coarse, size, interpolation=cv2.INTER_AREA), HALVED_SIGMA)
        levels.append(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))
    return [level[..., :3] / np.maximum(level[..., 3:], 1e-3) for level in levels]


def blur(planes: FloatArray, sigma: float) -> FloatArray:
    """Gaussian blur of planes (H, W, C), cut off at three sigma."""
    side = 2 * reach_of(sigma) + 1
    return np.asarray(cv2.GaussianBlur(planes, (side, side), sigma), np.float32)


def slope_maps(light: FloatArray) -> FloatArray:
    """|Sobel x|, |Sobel y| and sqrt|x y| of a light level (H, W), shape (H, W, 3)."""
    across = np.abs(cv2.Sobel(light, cv2.CV_32F, 1, 0))
    down = np.abs(cv2.Sobel(light, cv2.CV_32F, 0, 1))
    return np.stack([across, down, np.sqrt(across * down)], axis=-1)
