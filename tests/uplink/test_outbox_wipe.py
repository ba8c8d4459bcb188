"""What was sent is in no file any more: not in the outbox, not in SQLite's log, nor aside for longer than any row."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.health.clock import Clock
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_age import SETTLED_S
from appliance.uplink.outbox_bounds import DAY_S, Bounds

NOW_S = 1_795_366_860.0
MARK = b"rare-rare-rare"


def found(folder: Path) -> list[str]:
    return [path.name for path in sorted(folder.iterdir()) if MARK in path.read_bytes()]


@pytest.mark.parametrize("gone", ["delete", "discard"])
def test_what_was_sent_is_in_no_file_after_the_next_minute(tmp_path: Path, gone: str) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    for number in range(40):
        outbox.add("exception", b"%d " % number + MARK)
    assert found(tmp_path)
    assert getattr(outbox, gone)([row.number for row in outbox.batch(40)])
    assert outbox.tend(Clock(NOW_S, synced=False))
    assert found(tmp_path) == []


def test_what_waits_survives_the_wiping_beside_what_was_sent(tmp_path: Path) -> None:
    outbox, vision = (Outbox(tmp_path / "outbox.sqlite") for _ in range(2))
    vision.add("exception", b"sent " + MARK)
    outbox.delete([outbox.batch(1)[0].number])
    vision.add("exception", b"waits")
    assert outbox.tend(Clock(NOW_S, synced=True))
    assert [row.payload for row in vision.batch(9)] == [b"waits"]
    assert found(tmp_path) == []


def test_nothing_is_wiped_where_nothing_was_written(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.add("exception", b"waits")
    outbox.tend(Clock(NOW_S, synced=False))
    before = [path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())]
    outbox.tend(Clock(NOW_S + 60, synced=False))
    assert [path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())] == before


def test_what_lies_aside_goes_when_it_is_as_old_as_no_row_may_be(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", Bounds(age_s=30 * DAY_S))
    for number, days in ((1, 31), (2, 29)):
        for tail in ("", "-wal"):
            aside = tmp_path / f"outbox.sqlite.corrupt-{number}{tail}"
            aside.write_bytes(MARK)
            os.utime(aside, (NOW_S, NOW_S - days * DAY_S))
    outbox.tend(Clock(NOW_S - SETTLED_S, synced=True))
    assert len(found(tmp_path)) == 4, "no clock is believed at once"
    outbox.tend(Clock(NOW_S, synced=True))
    assert found(tmp_path) == ["outbox.sqlite.corrupt-2", "outbox.sqlite.corrupt-2-wal"]


def test_the_second_of_an_event_is_not_kept(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.add("exception", b"{}", Clock(NOW_S + 41.7, synced=True))
    assert outbox.oldest_age_s(Clock(NOW_S + 554.0, synced=True)) == 554.0
