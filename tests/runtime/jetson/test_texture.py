"""Pattern on the device: texture and weave as the CPU wing defines them, zeros where too little cloth is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.measures import CpuMeasures
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.measures import JetsonMeasures
from appliance.runtime.scales import MIN_PATTERN_PX, TEXTURE_FIGURES
from tests.runtime.jetson.garments import Pixels, cloth, dressed, on_device

DIAGONAL = [14, 17, 20]
"Slopes across and down at once: the root of a product, so a rounding of one beside a steep other shows."
PLAIN = [figure for figure in range(TEXTURE_FIGURES) if figure not in DIAGONAL]


def pattern(gpu: Gpu, cuts: Pixels, masks: MaskArray) -> tuple[FloatArray, FloatArray]:
    return JetsonMeasures(gpu).pattern(*on_device(gpu, cuts, masks))


@settings(max_examples=100)
@given(dressed())
def test_texture_and_weave_are_those_of_the_cpu(gpu: Gpu, garments: tuple[Pixels, MaskArray]) -> None:
    texture, weave = pattern(gpu, *garments)
    wanted_texture, wanted_weave = CpuMeasures().pattern(*garments)
    np.testing.assert_allclose(texture[:, PLAIN], wanted_texture[:, PLAIN], rtol=1e-4, atol=3e-4)
    np.testing.assert_allclose(texture[:, DIAGONAL], wanted_texture[:, DIAGONAL], rtol=1e-4, atol=2e-3)
    np.testing.assert_allclose(weave, wanted_weave, atol=1e-4)


@pytest.mark.parametrize("pixels", [MIN_PATTERN_PX - 1, MIN_PATTERN_PX])
def test_a_rag_has_no_pattern(gpu: Gpu, pixels: int) -> None:
    # A core of one row, and what its edges need.
    mask = np.zeros((1, 16, 64), np.bool_)
    mask[0, 4:9, 8 : 12 + pixels] = True
    cuts = cloth("noise", 64, 16, np.random.default_rng(0))[None]
    texture, weave = pattern(gpu, cuts, mask)
    assert texture.all() == texture.any() == (pixels >= MIN_PATTERN_PX)
    assert not weave.any()  # one row is half of no cell


def test_cloth_up_to_the_border_has_a_core_up_to_the_border(gpu: Gpu) -> None:
    cuts = cloth("noise", 8, 8, np.random.default_rng(0))[None]
    whole = np.ones((1, 8, 8), np.bool_)
    texture, weave = pattern(gpu, cuts, whole)  # a core without its border would have 16 pixels
    assert texture.all()
    np.testing.assert_allclose(weave.sum(), 1, rtol=1e-5)
