"""A pause that lifts itself: by the seconds of one boot, across a reboot, and by no clock that jumps."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.health.moment import Moment, boot_id, read_moment
from appliance.health.term import MOST_S, Term, json_from_term, term_from_json

QUARTER_S = 900.0
NOON = 1_795_000_000.0


def at(since_boot_s: float, unix_s: float = NOON, *, boot: str = "a", synced: bool = True) -> Moment:
    return Moment(boot, since_boot_s, unix_s, synced)


BEGAN = at(1000.0)
TERM = Term(QUARTER_S, BEGAN)


def test_a_term_runs_down_and_is_over() -> None:
    assert [TERM.left_s(at(1000.0 + passed_s)) for passed_s in (0, 1, 899, 900, 1e6)] == [900, 899, 1, 0, 0]


@given(st.floats(-1e10, 1e10), st.booleans(), st.floats(0, 2000))
def test_within_a_boot_no_wall_clock_counts(jump_s: float, synced: bool, passed_s: float) -> None:
    left_s = TERM.left_s(at(1000.0 + passed_s, NOON + jump_s, synced=synced))
    assert left_s == pytest.approx(max(0.0, QUARTER_S - passed_s))


def test_after_a_reboot_a_clock_that_is_set_tells_how_long_it_took() -> None:
    assert TERM.left_s(at(20.0, NOON + 100, boot="b")) == 800
    assert TERM.left_s(at(20.0, NOON + 900, boot="b")) == 0
    assert TERM.left_s(at(20.0, NOON + 86_400, boot="b")) == 0


@pytest.mark.parametrize(
    ("then", "now", "by_s"), [(True, False, 86_400.0), (False, True, 86_400.0), (True, True, -86_400.0)]
)
def test_after_a_reboot_without_a_clock_to_believe_it_runs_anew_from_the_boot_on(
    then: bool, now: bool, by_s: float
) -> None:
    term = Term(QUARTER_S, at(1000.0, synced=then))
    left = [term.left_s(at(up_s, NOON + by_s, boot="b", synced=now)) for up_s in (0.0, 20.0, 899.0, 900.0)]
    assert left == [900, 880, 1, 0]


MOMENTS = st.builds(
    at,
    st.floats(0, 1e7),
    st.floats(0, 4e9),
    boot=st.sampled_from(["a", "b"]),
    synced=st.booleans(),
)


@given(MOMENTS, MOMENTS)
def test_nothing_keeps_the_camera_closed_longer_than_the_term_after_the_boot(
    began: Moment, now: Moment
) -> None:
    assume(began.boot != now.boot or began.at_s <= now.at_s)
    term = Term(QUARTER_S, began)
    left_s = term.left_s(now)
    assert 0 <= left_s <= QUARTER_S
    later = at(now.at_s + left_s + 1e-3, now.unix_s, boot=now.boot, synced=now.synced)
    assert term.left_s(later) == 0


@given(MOMENTS, st.floats(1, MOST_S))
def test_a_term_survives_the_file(began: Moment, length_s: float) -> None:
    term = Term(length_s, began)
    assert term_from_json(json.loads(json.dumps(json_from_term(term)))) == term


@pytest.mark.parametrize(
    "change",
    [
        {"length_s": 0},
        {"length_s": MOST_S + 1},
        {"length_s": True},
        {"length_s": 10**400},
        {"length_s": float("nan")},
        {"began": None},
        {"began": {}},
        {"began": {**asdict(BEGAN), "at_s": 10**400}},
        {"began": {**asdict(BEGAN), "unix_s": "soon"}},
        {"began": {**asdict(BEGAN), "synced": 1}},
        {"began": {**asdict(BEGAN), "boot": None}},
        {"more": 1},
    ],
)
def test_what_is_no_term_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no "):
        term_from_json({**json_from_term(TERM), **change})


def test_this_machine_has_a_moment() -> None:
    first, second = read_moment(), read_moment()
    assert first.boot == second.boot == boot_id()
    assert first.at_s <= second.at_s
    assert isinstance(TERM, Term)
