"""The clock: minutes never lie ahead, and an early or unconfirmed clock is not trusted."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.health.clock import FLOOR_UNIX_S, STA_UNSYNC, Clock, is_synced, minute_text, read_clock


def test_minutes_are_rounded_down() -> None:
    assert minute_text(1_795_366_859.9) == "2026-11-22T17:00:00Z"
    assert minute_text(0) == "1970-01-01T00:00:00Z"


@given(st.floats(0, 4e9))
def test_a_minute_is_at_most_a_minute_old(unix_s: float) -> None:
    moment = datetime.fromisoformat(minute_text(unix_s).replace("Z", "+00:00")).timestamp()
    assert 0 <= unix_s - moment < 60


@pytest.mark.parametrize("unix_s", [float("nan"), float("inf"), 1e18, -1e18])
def test_impossible_times_are_refused(unix_s: float) -> None:
    with pytest.raises(ValueError, match="no time of this world"):
        minute_text(unix_s)


@pytest.mark.parametrize(
    ("unix_s", "status", "synced"),
    [
        (FLOOR_UNIX_S, 0, True),
        (FLOOR_UNIX_S - 1, 0, False),
        (FLOOR_UNIX_S, STA_UNSYNC, False),
        (FLOOR_UNIX_S, STA_UNSYNC | 1, False),
        (FLOOR_UNIX_S, 1, True),
        (FLOOR_UNIX_S, None, False),
    ],
)
def test_only_a_confirmed_clock_after_the_floor_is_synced(
    unix_s: float, status: int | None, synced: bool
) -> None:
    assert is_synced(unix_s, status) is synced


def test_this_machine_has_a_clock() -> None:
    clock = read_clock()
    assert isinstance(clock, Clock)
    assert clock.minute.endswith(":00Z")
