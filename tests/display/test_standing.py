"""Vision's standing: told in words that staff know, silent when in doubt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.display.standing import (
    LONGEST_IDENTIFY_S,
    MOST_REASON,
    STANDINGS,
    capture_from_vitals,
    is_identified,
    passages_in,
    standing_from_vitals,
)


@pytest.mark.parametrize(
    ("vitals", "name", "reason"),
    [
        (None, "silent", ""),
        ({}, "silent", ""),
        ({"state": "dancing"}, "silent", ""),
        ({"state": "starting", "reason": "loading"}, "starting", "loading"),
        ({"state": "running", "calibrated": "ok"}, "watching", ""),
        ({"state": "running", "calibrated": "no bank"}, "uncalibrated", "no bank"),
        (
            {"state": "running", "calibrated": "too early to tell: 9 of 66 passages"},
            "early",
            "too early to tell: 9 of 66 passages",
        ),
        (
            {"state": "running", "calibrated": "learning: fewer than ten people so far"},
            "early",
            "learning: fewer than ten people so far",
        ),
        ({"state": "blind", "reason": "no frame for 5 s"}, "blind", "no frame for 5 s"),
        ({"state": "paused", "reason": "ok"}, "paused", ""),
        ({"state": "paused", "reason": "paused by operator"}, "paused", "paused by operator"),
        ({"state": "paused", "reason": "paused by x, operator"}, "paused", "paused by x, operator"),
        ({"state": "paused", "reason": "/x/pause.json: no pause/1"}, "paused", "/x/pause.json: no pause/1"),
        ({"state": "paused", "reason": "dead-man: nobody armed the booth for 24 h"}, "dead-man", ""),
        ({"state": "ended"}, "ended", ""),
    ],
)
def test_vitals_become_a_standing(vitals: dict[str, Any] | None, name: str, reason: str) -> None:
    standing = standing_from_vitals(vitals)
    assert (standing.name, standing.reason) == (name, reason)


def test_who_paused_the_booth_is_told_in_words_that_have_a_translation() -> None:
    vitals = {"state": "paused", "reason": "paused by operator, passer-by"}
    assert standing_from_vitals(vitals).by == ("operator", "passer-by")
    assert standing_from_vitals({"state": "paused", "reason": "paused by x, operator"}).by == ()


@pytest.mark.parametrize(
    ("vitals", "capture"),
    [
        (None, "unknown"),
        ({}, "unknown"),
        ({"state": "running"}, "unknown"),
        ({"state": "running", "camera": "ok"}, "open"),
        ({"state": "running", "camera": "no frame for 5 s"}, "unknown"),
        ({"state": "starting", "camera": "ok"}, "unknown"),
        ({"state": "blind", "camera": "no frame for 5 s"}, "unknown"),
        ({"state": "paused", "camera": "paused"}, "closed"),
        ({"state": "ended"}, "closed"),
        ({"state": "stopped"}, "closed"),
        ({"state": "failed"}, "closed"),
        ({"state": "dancing", "camera": "ok"}, "unknown"),
    ],
)
def test_the_camera_is_open_or_closed_only_where_vision_says_so(
    vitals: dict[str, Any] | None, capture: str
) -> None:
    assert capture_from_vitals(vitals) == capture


@pytest.mark.parametrize(
    ("value", "known"), [(66, 66), (0, None), (True, None), (1.5, None), ("66", None), (10**9, None)]
)
def test_passages_are_a_whole_number_or_none(value: Any, known: int | None) -> None:
    assert passages_in({"learned": value}, "learned") == known


values = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from(["state", "reason", "calibrated"]), values))
def test_any_vitals_give_a_known_standing_and_one_short_line(vitals: dict[str, Any]) -> None:
    for state in ({}, {"state": "running"}):
        assert standing_from_vitals({**vitals, **state}).name in STANDINGS
    standing = standing_from_vitals(vitals)
    assert len(standing.reason) <= MOST_REASON
    assert len(standing.reason.splitlines()) <= 1


@pytest.mark.parametrize(
    ("until_s", "named"),
    [
        (100.1, True),
        (130, True),
        (100.0, False),
        (0.0, False),
        (101 + LONGEST_IDENTIFY_S, False),
        (float("inf"), False),
        (float("nan"), False),
        (10**400, False),
        (True, False),
        ("130", False),
        (None, False),
    ],
)
def test_a_booth_is_named_until_the_time_that_the_uplink_tells(until_s: Any, named: bool) -> None:
    assert is_identified({"identify_until_s": until_s}, 100.0) == named


def test_a_booth_whose_uplink_is_silent_is_not_named() -> None:
    assert not is_identified(None, 100.0)
    assert not is_identified({}, 100.0)
