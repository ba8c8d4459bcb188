"""Means, differences and what chance adds to them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.analysis.estimate import (
    Z95,
    Estimate,
    blend,
    from_interval,
    held_back,
    restlessness,
    shared_out,
)

SHARES = st.floats(0, 1)
PARTS = st.lists(st.tuples(SHARES, st.floats(0, 0.1), st.floats(1, 5000)), min_size=1, max_size=12)


def test_an_interval_comes_back_as_it_was_told() -> None:
    share = from_interval(0.3, 0.28, 0.32)
    assert (share.low, share.high) == pytest.approx((0.28, 0.32))


def test_an_interval_cut_off_at_zero_counts_by_its_longer_side() -> None:
    assert from_interval(0.01, 0.0, 0.03).low == pytest.approx(-0.01)


def test_what_was_held_back_spans_all_that_it_can_be() -> None:
    assert (held_back(0.02).low, held_back(0.02).high) == pytest.approx((0.0, 0.02))


@given(PARTS)
def test_a_mean_lies_within_its_parts_and_is_never_less_sure(parts: list[tuple[float, float, float]]) -> None:
    mean = blend([Estimate(value, spread) for value, spread, _ in parts], [weight for _, _, weight in parts])
    values, spreads = [value for value, _, _ in parts], [spread for _, spread, _ in parts]
    assert min(values) - 1e-9 <= mean.value <= max(values) + 1e-9
    assert mean.spread <= max(spreads) + 1e-9


def test_chance_evens_out_over_days_and_what_is_held_back_does_not() -> None:
    days = [Estimate(0.1, 0.01, 0.004)] * 25
    mean = blend(days, [3000.0] * 25)
    assert mean.spread == pytest.approx(0.002)
    assert mean.slack == pytest.approx(0.004)


def test_a_difference_is_less_sure_than_either_side() -> None:
    change = Estimate(0.3, 0.03, 0.01) - Estimate(0.1, 0.04, 0.02)
    assert (change.value, change.spread, change.slack) == pytest.approx((0.2, 0.05, 0.03))


def test_a_sign_is_told_only_where_the_whole_interval_has_it() -> None:
    assert Estimate(0.02, 0.01).sign() == 1
    assert Estimate(-0.02, 0.01).sign() == -1
    assert Estimate(0.02, 0.01).sign(shared_out(20)) == 0
    assert Estimate(0.02, 0.005, 0.011).sign() == 0


def scattered(spread: float, rise: float = 0.0) -> float:
    values = np.random.default_rng(1).normal(0.2, spread, 400) + rise * np.arange(400)
    return restlessness([Estimate(value, 0.01) for value in values.tolist()], list(range(400)))


def test_days_that_differ_by_chance_alone_are_hardly_widened() -> None:
    assert scattered(0.01) < 1.1


def test_days_that_differ_more_widen_the_interval_as_much() -> None:
    assert scattered(0.03) == pytest.approx(3, rel=0.1)


def test_a_steady_rise_is_no_scatter() -> None:
    assert scattered(0.01, 0.001) == pytest.approx(scattered(0.01))


def test_one_day_says_nothing_about_how_days_differ() -> None:
    assert restlessness([Estimate(0.2, 0.01)], [0]) == 1
    assert restlessness([], []) == 1
    assert restlessness([Estimate(0.2, 0.01)] * 3, [5, 5, 5]) == 1


def test_the_interval_of_many_comparisons_is_wider() -> None:
    assert shared_out(1) == pytest.approx(Z95)
    assert shared_out(60) == pytest.approx(3.34, abs=0.01)
    assert math.isfinite(shared_out(0))


def test_a_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        blend([], [])
