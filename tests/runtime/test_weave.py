"""Weave of cloth: shares that add up, steep where there is a pattern, in its direction, and only of the mask."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.records import FloatArray
from appliance.runtime.cpu.texture import pattern_of
from appliance.runtime.cpu.weave import weave_of
from appliance.runtime.scales import SLOPE_LEVELS, STEEPNESS_BINS, WEAVE_SHARES
from tests.streets import GREY, Pixels, body_mask, cloth

ALL = np.ones((256, 128), np.bool_)


def weave(cut: Pixels) -> FloatArray:
    return pattern_of(cut, body_mask())[1]


def steepness(shares: FloatArray) -> tuple[float, float]:
    """Mean bins across and down."""
    by_scale = shares.reshape(SLOPE_LEVELS, STEEPNESS_BINS, STEEPNESS_BINS).sum(axis=0)
    places = np.arange(STEEPNESS_BINS)
    return float(by_scale.sum(axis=1) @ places), float(by_scale.sum(axis=0) @ places)


@settings(max_examples=10)
@given(st.sampled_from(["plain", "stripes", "checks"]), st.integers(20, 235))
def test_shares_of_any_cloth_add_up(pattern: str, shade: int) -> None:
    found = weave(cloth((shade,) * 3, GREY, pattern))
    assert found.shape == (WEAVE_SHARES,)
    assert found.dtype == np.float32
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(), 1, rtol=1e-4)


def test_lying_stripes_are_steep_down_and_checks_both_ways() -> None:
    plain, stripes, checks = (
        steepness(weave(cloth(GREY, GREY, pattern))) for pattern in ("plain", "stripes", "checks")
    )
    assert stripes[1] > plain[1] + 2
    assert stripes[1] > stripes[0] + 2
    assert min(checks) > max(plain) + 1


def test_a_slope_lands_in_its_bin() -> None:
    steep = np.zeros((256, 128, 3), np.float32)
    steep[..., 0] = np.expm1(4.5 * 6 / 10)  # the middle of bin 4, on the other axis the edge of bin 0
    found = weave_of([steep] * SLOPE_LEVELS, ALL).reshape(SLOPE_LEVELS, STEEPNESS_BINS, STEEPNESS_BINS)
    for shares in found:
        assert divmod(int(shares.argmax()), STEEPNESS_BINS) == (4, 0)


def test_half_a_pattern_is_half_of_the_cloth() -> None:
    steep = np.zeros((256, 128, 3), np.float32)
    steep[:128] = np.expm1(5)
    found = weave_of([steep] * SLOPE_LEVELS, ALL).reshape(SLOPE_LEVELS, STEEPNESS_BINS, STEEPNESS_BINS)
    assert abs(found[:, 6:, 6:].sum() - 0.5) < 0.03
    assert abs(found[:, :3, :3].sum() - 0.5) < 0.03


def test_what_lies_beyond_the_core_is_not_counted() -> None:
    core = np.zeros_like(ALL)
    core[64:192, 32:96] = True
    slopes = np.random.default_rng(0).random((256, 128, 3)).astype(np.float32)
    hidden = np.where(core[..., None], slopes, 1e3).astype(np.float32)
    np.testing.assert_array_equal(weave_of([slopes] * 3, core), weave_of([hidden] * 3, core))


def test_no_core_has_no_weave() -> None:
    assert not weave_of([np.ones((256, 128, 3), np.float32)] * 3, np.zeros_like(ALL)).any()
