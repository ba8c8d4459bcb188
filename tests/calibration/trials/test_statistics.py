"""The statistics of the evaluation keep their promises for all numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.trials.statistics import (
    FLAGGED,
    Figures,
    auroc,
    auroc_interval,
    cut_of,
    rank_agreement,
    ranks,
    share_above,
    shift_of,
)

NONE = np.zeros(0)
WHOLE = st.integers(-50, 50)
FILLED = st.lists(WHOLE, min_size=1, max_size=30).map(lambda values: np.array(values, np.float64))
ANY = st.lists(WHOLE, max_size=30).map(lambda values: np.array(values, np.float64))


def up_to(count: int) -> Figures:
    return np.arange(count, dtype=np.float64)


@given(FILLED)
def test_equal_sets_cannot_be_told_apart(values: Figures) -> None:
    assert auroc(values, values.copy()) == pytest.approx(0.5)


@given(FILLED, FILLED)
def test_only_the_order_of_distances_counts(everyday: Figures, unusual: Figures) -> None:
    bent = auroc(np.exp(everyday / 10), np.exp(unusual / 10))
    assert auroc(everyday, unusual) == pytest.approx(bent)


@given(FILLED, FILLED)
def test_exchanging_the_sides_gives_the_rest(everyday: Figures, unusual: Figures) -> None:
    assert auroc(everyday, unusual) + auroc(unusual, everyday) == pytest.approx(1)


@given(FILLED, FILLED)
def test_auroc_is_the_share_of_pairs_in_order(everyday: Figures, unusual: Figures) -> None:
    above = (unusual[None] > everyday[:, None]).mean()
    ties = (unusual[None] == everyday[:, None]).mean()
    assert auroc(everyday, unusual) == pytest.approx(above + ties / 2)


@given(ANY)
def test_ranks_sum_up_whatever_the_ties(values: Figures) -> None:
    assert ranks(values).sum() == pytest.approx(len(values) * (len(values) + 1) / 2)


def test_sets_apart_are_told_apart_surely() -> None:
    low, high = up_to(10), 20 + up_to(10)
    assert auroc(low, high) == 1
    assert auroc_interval(low, high, np.random.default_rng(0)) == (1, 1)


def test_the_interval_holds_the_figure_and_narrows_with_people() -> None:
    rng = np.random.default_rng(0)
    spans = []
    for people in (30, 300):
        everyday, unusual = rng.normal(0, 1, people), rng.normal(1, 1, people)
        low, high = auroc_interval(everyday, unusual, np.random.default_rng(1))
        assert low < auroc(everyday, unusual) < high
        spans.append(high - low)
    assert spans[1] < spans[0]


def test_nobody_gives_no_figure() -> None:
    some = up_to(3)
    assert math.isnan(auroc(NONE, some))
    assert math.isnan(auroc(some, NONE))
    assert all(math.isnan(end) for end in auroc_interval(NONE, NONE, np.random.default_rng(0)))
    assert math.isnan(share_above(NONE, 0))
    assert math.isnan(rank_agreement(NONE, NONE))
    assert cut_of(NONE) == math.inf
    assert len(ranks(NONE)) == 0
    shift = shift_of(NONE, NONE, some)
    assert shift.people == 0
    assert math.isnan(shift.mean)


@given(st.lists(st.floats(-1e6, 1e6), min_size=40, max_size=200, unique=True))
def test_the_cut_flags_the_wanted_share(values: list[float]) -> None:
    everyday = np.array(values)
    assert share_above(everyday, cut_of(everyday)) == pytest.approx(FLAGGED, abs=1 / len(everyday))


@given(FILLED)
def test_no_change_is_no_shift(values: Figures) -> None:
    everyday = up_to(20)
    shift = shift_of(values, values.copy(), everyday)
    assert (shift.mean, shift.p95, shift.bias, shift.flips) == (0, 0, 0, 0)


def test_a_shift_is_told_in_standard_deviations_with_its_sign() -> None:
    everyday = np.array([-1.0, 1.0] * 50)
    shift = shift_of(np.zeros(10), np.full(10, -0.5), everyday)
    assert shift.mean == pytest.approx(0.5)
    assert shift.bias == pytest.approx(-0.5)


def test_everyday_people_without_spread_give_no_unit() -> None:
    assert math.isnan(shift_of(np.zeros(3), np.ones(3), np.ones(9)).mean)


def test_crossing_the_cut_is_a_flip() -> None:
    everyday = up_to(100)
    shift = shift_of(np.array([0.0, 99, 50, 50]), np.array([99.0, 0, 51, 49]), everyday)
    assert shift.flips == 0.5


@given(st.permutations(range(8)))
def test_rank_agreement_ignores_any_rising_bend(order: list[int]) -> None:
    values = np.array(order, np.float64)
    assert rank_agreement(values, np.exp(values)) == pytest.approx(1)
    assert rank_agreement(values, -values) == pytest.approx(-1)
