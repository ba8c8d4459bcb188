"""Pattern of cloth: told apart by scale and direction, the same in bright and dim light, and of the mask only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.records import FloatArray
from appliance.runtime.cpu.pyramid import masked_pyramid
from appliance.runtime.cpu.texture import pattern_of
from appliance.runtime.scales import MIN_PATTERN_PX, TEXTURE_FIGURES
from tests.streets import GREY, RED, Pixels, body_mask, cloth

ACROSS, DOWN = slice(12, None, 3), slice(13, None, 3)
"Slopes among the figures, three scales each."


def figures(cut: Pixels) -> FloatArray:
    return pattern_of(cut, body_mask())[0]


def distance(one: Pixels, other: Pixels) -> float:
    return float(np.linalg.norm(figures(one) - figures(other)))


def test_plain_stripes_and_checks_differ() -> None:
    plain, stripes, checks = (cloth(GREY, GREY, pattern) for pattern in ("plain", "stripes", "checks"))
    assert distance(plain, stripes) > 3
    assert distance(plain, checks) > 3
    assert distance(stripes, checks) > 1
    assert distance(plain, cloth((118, 122, 121), GREY)) < 0.5


def test_stripes_slope_one_way_and_turned_by_a_right_angle_the_other() -> None:
    lying = cloth(GREY, GREY, "stripes")
    upright = (cloth(GREY, GREY) * np.where(np.arange(128) // 6 % 2, 0.4, 1.0)[None, :, None]).astype(
        np.uint8
    )
    assert (figures(lying)[DOWN] > figures(lying)[ACROSS] + 0.5).all()
    assert (figures(upright)[ACROSS] > figures(upright)[DOWN] + 0.5).all()


def test_a_fine_pattern_shows_at_the_fine_scale_and_a_coarse_one_at_the_coarse() -> None:
    rows = np.arange(256)[:, None, None]
    fine, coarse = (
        figures((cloth(GREY, GREY) * np.where(rows // width % 2, 0.5, 1.0)).astype(np.uint8))[:12:3]
        for width in (2, 16)
    )
    assert fine[0] > coarse[0]
    assert coarse[3] > fine[3] + 0.5


def test_a_pattern_of_colours_alone_is_one_too() -> None:
    rows = np.arange(256)[:, None, None] // 6 % 2
    dyed = np.where(
        rows == 0, cloth((140, 100, 120), (140, 100, 120)), cloth((100, 140, 120), (100, 140, 120))
    )
    red_green = slice(1, 12, 3)
    assert (
        figures(dyed.astype(np.uint8))[red_green][:3] > figures(cloth(GREY, GREY))[red_green][:3] + 0.5
    ).all()


@settings(max_examples=10)
@given(st.integers(70, 120), st.sampled_from(["stripes", "checks"]))
def test_a_pattern_in_twice_the_light_is_the_same_pattern(shade: int, pattern: str) -> None:
    one, lit = (cloth((light,) * 3, (light,) * 3, pattern) for light in (shade, 2 * shade))
    plain = cloth((shade,) * 3, (shade,) * 3)
    assert distance(one, lit) < 0.35 * distance(one, plain)


@pytest.mark.parametrize("visible", [0, MIN_PATTERN_PX - 1])
def test_a_rag_has_no_pattern(visible: int) -> None:
    mask = np.zeros((256, 128), np.bool_)
    mask.reshape(-1)[:visible] = True
    found, weave = pattern_of(cloth(RED, RED, "checks"), mask)
    np.testing.assert_array_equal(found, np.zeros(TEXTURE_FIGURES, np.float32))
    assert not weave.any()


def test_the_edge_of_the_mask_is_no_pattern() -> None:
    narrow = body_mask()
    narrow[:, ::16] = narrow[:, 1::16] = False
    plain = cloth(GREY, GREY)
    hidden = np.where(narrow[..., None], plain, 0).astype(np.uint8)
    assert np.abs(pattern_of(hidden, narrow)[0] - figures(plain)).max() < 0.5


def test_every_level_knows_only_what_the_mask_shows() -> None:
    mask = body_mask()
    planes = np.where(mask[..., None], 7.0, 1e3).astype(np.float32).repeat(3, axis=2)
    levels = masked_pyramid(planes, mask)
    assert len(levels) == 5
    for level in levels:
        assert level.shape == planes.shape
        np.testing.assert_allclose(level[mask], 7, rtol=1e-4)


def test_each_level_is_coarser_than_the_one_before() -> None:
    noise = np.random.default_rng(0).normal(size=(256, 128, 3)).astype(np.float32)
    spreads = [level.std() for level in masked_pyramid(noise, np.ones((256, 128), np.bool_))]
    assert (np.diff(spreads) < 0).all()
    assert spreads[-1] < 0.1 * spreads[0]
