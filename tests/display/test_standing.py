"""Vision's standing: told in words that staff know, silent when in doubt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.display.standing import MOST_REASON, STANDINGS, standing_from_vitals


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
    standing = standing_from_vitals(vitals)
    assert standing.name in STANDINGS
    assert len(standing.reason) <= MOST_REASON
    assert len(standing.reason.splitlines()) <= 1
