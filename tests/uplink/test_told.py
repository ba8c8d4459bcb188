"""What status and health tell of vision: each figure under its own name, and nothing that tells of anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.health.clock import Clock
from appliance.uplink.status import (
    FIGURES,
    MACHINE_FIGURES,
    TEMPERATURES,
    booth_state,
    health_values,
    status_values,
)
from tests.uplink.builders import CLOCK
from tests.uplink.test_status import ANYTHING, BOOTH, WELL

TOLD = {
    "state", "reason", "camera", "camera_path", "inference", "calibrated", "trends", "outbox", "engine", "bank",
    "last_event", *FIGURES, *MACHINE_FIGURES, *TEMPERATURES,
}  # fmt: skip
"Of vision's vitals; the rest stays in the booth."


PAIRS: dict[str, tuple[object, object]] = {
    "last_event": ("desk-0badcafe-1", "desk-0badcafe-2"),
    "camera_path": ("cpu", "nvmm"),
    "calibrated": ("ok", "starting"),
    "trends": ("off", "counting"),
}
"Two values of those that have a form."


def told(vision: dict[str, Any], clock: Clock = CLOCK) -> list[dict[str, Any]]:
    """Status and health of a booth with these vitals."""
    state, reason = booth_state(vision, 100.0)
    status_of = status_values(BOOTH, state, reason, vision, sending=WELL, clock=clock)
    return [status_of, health_values(BOOTH, vision, sending=WELL, uptime_s=9, clock=clock)]


@given(
    st.sampled_from(
        ["people", "late_people", "ask", "answer", "learned", "needed", "wing", "written_s", "x"]
    ),
    ANYTHING,
)
def test_what_else_vision_knows_changes_no_figure_and_no_word(key: str, value: object) -> None:
    """Above all how many people are in view at this moment, under whatever name."""
    seen = {"state": "running", "frames": 7, "late": 1}
    assert key not in TOLD
    assert told({**seen, key: value}) == told(seen)


@pytest.mark.parametrize("key", sorted(TOLD - {"state"}))
def test_what_is_told_is_told_under_its_own_name(key: str) -> None:
    """And under no other, but for the outbox, whose fault is the publishing's."""
    usual: tuple[object, object] = (
        (1, 2) if key in {*FIGURES, *MACHINE_FIGURES, *TEMPERATURES} else ("a", "b")
    )
    pair = PAIRS.get(key, usual)
    before, after = (told({"state": "running", key: value}) for value in pair)
    changed = {name for old, new in zip(before, after, strict=True) for name in old if old[name] != new[name]}
    assert changed == {{"outbox": "publishing", "engine": "versions", "bank": "versions"}.get(key, key)}


@given(st.integers(0, 59), st.floats(0, 0.999), st.sampled_from(["", "camera lost"]))
def test_within_a_minute_nothing_that_is_told_moves_with_the_clock(
    second: int, rest_s: float, reason: str
) -> None:
    """A second would match what other cameras saw."""
    minute_s = CLOCK.unix_s // 60 * 60
    vision = {"state": "running", "reason": reason, "frames": 7}
    moment = replace(CLOCK, unix_s=minute_s + second + rest_s)
    assert told(vision, moment) == told(vision, replace(CLOCK, unix_s=minute_s))
