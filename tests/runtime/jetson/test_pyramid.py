"""Levels of a cut on the device: as the CPU wing defines them, at every scale, wherever the mask shows anything."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.pyramid import masked_pyramid, opponents_of
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.pyramid import MOST_TAPS, Levels, Pyramid, taps_of
from appliance.runtime.scales import FINE_SIGMAS, HALVED_SIGMA, HALVINGS, NEIGHBOURHOOD
from tests.runtime.jetson.garments import Pixels, dressed, on_device


def means(gpu: Gpu, levels: Levels, view: int) -> list[FloatArray]:
    """All levels of one view at full size, (H, W, 3)."""
    fine = [gpu.figures(level)[view, ..., :3] for level in levels.fine]
    height, width, _ = fine[0].shape
    coarse = [gpu.figures(level)[view] for level in levels.coarse]
    large = [cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR) for level in coarse]
    return fine + [level[..., :3] / np.maximum(level[..., 3:], 1e-3) for level in large]


@settings(max_examples=25)
@given(dressed())
def test_every_level_is_that_of_the_cpu(gpu: Gpu, garments: tuple[Pixels, MaskArray]) -> None:
    levels = Pyramid(gpu).levels(*on_device(gpu, *garments))
    assert len(levels.fine) + len(levels.coarse) == len(FINE_SIGMAS) + HALVINGS
    for view, (cut, mask) in enumerate(zip(*garments, strict=True)):
        wanted = masked_pyramid(opponents_of(cut.astype(np.float32)), mask)
        for found, level in zip(means(gpu, levels, view), wanted, strict=True):
            np.testing.assert_allclose(found, level, rtol=1e-4, atol=1e-3)  # of 8-bit steps


def test_taps_hold_every_blur_and_add_up_to_one() -> None:
    for sigma in (*FINE_SIGMAS, HALVED_SIGMA, NEIGHBOURHOOD):
        middle, *others = taps_of(sigma).weight
        np.testing.assert_allclose(middle + 2 * sum(others), 1, rtol=1e-6)
    assert len(taps_of(1.0).weight) == MOST_TAPS
