"""Acts that arm the booth: one that was written is read, and whatever else lies there arms nothing and fails nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.health.armed import DISPLAY, UPLINK, acts_in, arm
from appliance.health.moment import MOST_S, Moment

NOW = Moment("first", 100.0, 1_795_000_000.0, synced=True)
GOOD = {
    "schema": "armed/1", "id": "a1", "boot": "first", "at_s": 100.0, "unix_s": 1_795_000_000.0, "synced": True,
}  # fmt: skip
huge = st.integers(300, 400).map(lambda digits: 10**digits)
odd = huge | huge.map(lambda number: -number) | st.floats() | st.integers() | st.none() | st.booleans()


def put(state: Path, **change: object) -> None:
    (state / UPLINK).parent.mkdir(exist_ok=True)
    (state / UPLINK).write_text(json.dumps({**GOOD, **change}))


def test_what_was_armed_is_read(tmp_path: Path) -> None:
    (tmp_path / "display").mkdir()
    put(tmp_path)
    arm(tmp_path / DISPLAY, NOW)
    uplink, display = acts_in(tmp_path)
    assert (uplink.id, uplink.at, display.at) == ("a1", NOW, NOW)


@pytest.mark.parametrize("key", ["at_s", "unix_s"])
@given(value=odd)
def test_no_figure_fails_whoever_reads_it(tmp_path: Path, key: str, value: object) -> None:
    put(tmp_path, **{key: value})
    time = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_S
    assert len(acts_in(tmp_path)) == time


@pytest.mark.parametrize("at_s", [10**330, -(10**330), float("inf"), float("nan"), MOST_S])
def test_a_moment_is_a_time_of_this_world(at_s: float) -> None:
    with pytest.raises(ValueError, match="no moment"):
        Moment("first", at_s, 0.0, synced=True)
