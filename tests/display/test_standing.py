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
    is_identified,
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
            {"state": "running", "calibrated": "learning: 7 people so far"},
            "early",
            "learning: 7 people so far",
        ),
        ({"state": "blind", "reason": "no frame for 5 s"}, "blind", "no frame for 5 s"),
        ({"state": "paused", "reason": "ok"}, "paused", ""),
        ({"state": "ended"}, "ended", ""),
    ],
)
def test_vitals_become_a_standing(vitals: dict[str, Any] | None, name: str, reason: str) -> None:
    standing = standing_from_vitals(vitals)
    assert (standing.name, standing.reason) == (name, reason)


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
