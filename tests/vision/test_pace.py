"""The share wanted now: fixed when asked for as a share, slow and bounded when asked for by the hour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Rule
from appliance.vision.pace import LEAST_SHARE, MOST_SHARE, USUAL_SHARE, Pace

HOUR_S = 3600.0


def after(rule: Rule, per_hour: float, hours: float, start_s: float = 0.0) -> Pace:
    """A pace that has seen people at an even rate."""
    pace = Pace(rule)
    for at_s in np.arange(start_s, start_s + hours * HOUR_S, HOUR_S / per_hour):
        pace.count(float(at_s))
    return pace


@pytest.mark.parametrize(("rule", "share"), [(Rule(), USUAL_SHARE), (Rule(wanted_share=0.2), 0.2)])
def test_a_wanted_share_does_not_depend_on_who_passes(rule: Rule, share: float) -> None:
    assert Pace(rule).share(0.0) == after(rule, 500, 3).share(3 * HOUR_S) == share


@pytest.mark.parametrize(("per_hour", "wanted", "share"), [(100, 6, 0.06), (600, 6, 0.01), (60, 12, 0.2)])
def test_a_wish_by_the_hour_becomes_its_share_of_the_passages(
    per_hour: int, wanted: int, share: float
) -> None:
    pace = after(Rule(wanted_per_hour=wanted), per_hour, 8)
    assert pace.share(8 * HOUR_S) == pytest.approx(share, rel=0.12)


def test_before_anybody_is_counted_the_share_is_the_usual_one() -> None:
    assert Pace(Rule(wanted_per_hour=6)).share(5.0) == USUAL_SHARE


@pytest.mark.parametrize(("per_hour", "share"), [(100_000, LEAST_SHARE), (2, MOST_SHARE)])
def test_the_share_is_bounded_whatever_the_rate(per_hour: float, share: float) -> None:
    assert after(Rule(wanted_per_hour=6), per_hour, 5).share(5 * HOUR_S) == share


def test_one_busload_moves_little() -> None:
    pace = after(Rule(wanted_per_hour=6), 120, 8)
    before = pace.share(8 * HOUR_S)
    for _ in range(30):
        pace.count(8 * HOUR_S)
    assert 0.75 * before < pace.share(8 * HOUR_S) < before


def test_a_quiet_evening_raises_the_share_step_by_step() -> None:
    pace = after(Rule(wanted_per_hour=6), 120, 8)
    shares = [pace.share((8 + hours) * HOUR_S) for hours in (0, 0.25, 0.5, 1, 2, 12)]
    assert shares == sorted(shares)
    assert shares[1] < 1.3 * shares[0]
    assert shares[-1] == MOST_SHARE


@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.booleans()), max_size=40),
    st.floats(0.1, 1000),
    st.floats(0, 1e9),
)
def test_no_clock_makes_a_share_that_cannot_be(
    steps: list[tuple[float, bool]], wanted: float, start_s: float
) -> None:
    pace, now_s = Pace(Rule(wanted_per_hour=wanted)), start_s
    for step_s, passes in steps:
        now_s += step_s
        if passes:
            pace.count(now_s)
        assert LEAST_SHARE <= pace.share(now_s) <= MOST_SHARE


def test_where_it_begins_does_not_matter() -> None:
    early, late = (after(Rule(wanted_per_hour=6), 90, 2, start) for start in (0.0, 5e6))
    assert early.share(2 * HOUR_S) == late.share(5e6 + 2 * HOUR_S)


@pytest.mark.parametrize("before", [Rule(), Rule(wanted_share=0.3), Rule(wanted_per_hour=60)])
def test_another_wish_goes_by_what_is_known_of_the_street(before: Rule) -> None:
    pace = after(before, 120, 8)
    pace.rule = Rule(wanted_per_hour=6)
    assert pace.share(8 * HOUR_S) == after(Rule(wanted_per_hour=6), 120, 8).share(8 * HOUR_S)
    pace.rule = Rule(wanted_share=0.2)
    assert pace.share(8 * HOUR_S) == 0.2


def test_a_wish_by_the_hour_for_a_street_that_nobody_has_counted_yet_is_the_usual_share() -> None:
    pace = Pace(Rule(wanted_share=0.3))
    pace.rule = Rule(wanted_per_hour=6)
    assert pace.share(5.0) == USUAL_SHARE
