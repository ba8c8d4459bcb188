"""The gate: what leaves depends on rarity, words and zone, and on nothing else of a passage."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.anonymizer import Anonymizer, Origin, event_from_decision, new_boot
from appliance.uplink.event import EventError, payload_from_event
from appliance.vocabulary import MOST_WORDS, WORDS
from tests.uplink.builders import CLOCK, ORIGIN, check_schema, decision

ANY = st.floats(allow_nan=True, allow_infinity=True)


@given(track=st.integers(), at_s=ANY, box=st.tuples(ANY, ANY, ANY, ANY), distance=ANY)
def test_track_time_box_and_distance_change_no_byte(**private: Any) -> None:
    usual = payload_from_event(event_from_decision(decision(), ORIGIN, 1, CLOCK))
    assert payload_from_event(event_from_decision(decision(**private), ORIGIN, 1, CLOCK)) == usual


@given(
    rarity=st.floats(0, 1),
    why=st.lists(st.sampled_from(WORDS) | st.text(), max_size=9).map(tuple),
    zone=st.from_regex("[a-z0-9-]{1,9}", fullmatch=True).filter(lambda zone: zone[0] != "-"),
)
def test_whatever_vision_says_the_event_keeps_the_schema(
    rarity: float, why: tuple[str, ...], zone: str
) -> None:
    event = event_from_decision(decision(rarity=rarity, why=why, zone=zone), ORIGIN, 1, CLOCK)
    values = check_schema("exception", payload_from_event(event))
    assert set(values["why"]) <= set(WORDS) & set(why)
    assert len(values["why"]) <= MOST_WORDS
    assert math.isclose(values["rarity"], rarity, abs_tol=0.0005001)


def test_the_time_is_the_minute_and_says_whether_to_trust_it() -> None:
    event = event_from_decision(decision(), ORIGIN, 1, CLOCK)
    assert (event.at, event.clock_synced) == ("2026-11-22T17:00:00Z", True)


@pytest.mark.parametrize(
    "change",
    [
        {"exception": False},
        {"abstained": "bad mask"},
        {"rarity": math.nan},
        {"rarity": 1.01},
        {"zone": "a/b"},
        {"zone": ""},
    ],
)
def test_what_is_no_exception_or_outside_the_schema_stays(change: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        event_from_decision(decision(**change), ORIGIN, 1, CLOCK)


def test_numbers_rise_by_one_and_refusals_leave_no_gap() -> None:
    anonymizer = Anonymizer(ORIGIN)
    first = anonymizer.event(decision(), CLOCK)
    with pytest.raises(EventError):
        anonymizer.event(decision(exception=False), CLOCK)
    second = anonymizer.event(decision(track=8), CLOCK)
    assert [first.id, second.id] == ["desk-0badcafe-1", "desk-0badcafe-2"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("city", "New York"), ("bank", ""), ("engine", "a b"), ("boot", "xyz"), ("booth", "a/b")],
)
def test_an_origin_that_no_event_could_carry_is_refused_at_once(key: str, value: str) -> None:
    with pytest.raises(EventError):
        replace(ORIGIN, **{key: value})


def test_every_start_has_another_boot() -> None:
    boots = {Origin("new-york", "desk", "none", "none").boot for _ in range(50)} | {new_boot()}
    assert len(boots) == 51
