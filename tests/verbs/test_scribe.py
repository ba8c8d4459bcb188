"""What vision hands over to be written: in order, waited for by nobody, and bounded."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.health.vitals import read_vitals
from appliance.logbook import book
from appliance.logbook.chain import links_of
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.verbs.figures import Figures
from appliance.verbs.post import Post
from appliance.verbs.scribe import MOST, HandedNotes, Scribe

CLOCK = Clock(1_795_000_000.0, synced=True)


def hang_full(scribe: Scribe) -> threading.Event:
    """Have it wait for a disk until the event is set, with all the work that it takes."""
    disk, hangs = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        disk.wait(20)

    scribe.hand(hang)
    assert hangs.wait(10)
    assert all(scribe.hand(lambda: None) for _ in range(MOST))
    return disk


def test_work_is_done_in_order_and_a_fault_ends_nothing() -> None:
    scribe, done = Scribe(), []
    scribe.hand(lambda: done.append(1))
    scribe.hand(lambda: 1 / 0)
    scribe.hand(lambda: done.append(2))
    scribe.close(10)
    assert done == [1, 2]


def test_a_disk_that_hangs_gathers_no_endless_work() -> None:
    scribe = Scribe()
    disk = hang_full(scribe)
    assert not scribe.hand(lambda: None)
    scribe.close(0.01)
    disk.set()


def test_of_a_file_that_is_written_whole_only_the_newest_waits_and_there_is_room_for_it() -> None:
    scribe, done = Scribe(), list[str]()
    bank, count = scribe.place(), scribe.place()
    disk = hang_full(scribe)
    for number in range(5 * MOST):
        bank(partial(done.append, f"bank {number}"))
        count(partial(done.append, f"count {number}"))
    disk.set()
    scribe.close(10)
    bank(lambda: done.append("one more"))
    scribe.close(10)
    assert done == [f"bank {5 * MOST - 1}", f"count {5 * MOST - 1}", "one more"]


def test_the_end_waits_for_a_disk_that_hangs_no_longer_than_it_may(caplog: pytest.LogCaptureFixture) -> None:
    scribe, disk = Scribe(), threading.Event()
    scribe.hand(lambda: disk.wait(20))
    scribe.close(0.01)
    assert caplog.messages == ["the disk hangs: what waits for it is not written"]
    disk.set()


def test_a_lock_that_another_holds_keeps_no_camera_waiting_and_no_note_is_lost(tmp_path: Path) -> None:
    scribe = Scribe()
    notes = HandedNotes(tmp_path, scribe, 0.0)
    with book.locked(tmp_path):
        for owner in ("none", "operator", "passer-by"):
            notes.note("pause", owner)
        notes.tend(0.1)
        assert not scribe.is_idle()
    scribe.close(10)
    notes.tend(100.0)
    scribe.close(10)
    assert [link.entry.now for link in links_of(tmp_path) if link.entry][-1] == "passer-by"


def test_a_note_that_the_scribe_has_no_room_for_is_written_later(tmp_path: Path) -> None:
    scribe = Scribe()
    notes = HandedNotes(tmp_path, scribe, 0.0)
    disk = hang_full(scribe)
    for owner in ("operator", "passer-by"):
        notes.note("pause", owner)
    disk.set()
    scribe.close(10)
    notes.tend(0.1)
    scribe.close(10)
    assert [link.entry.now for link in links_of(tmp_path) if link.entry] == ["passer-by"]


def test_an_outbox_that_the_uplink_holds_keeps_no_camera_waiting_and_loses_no_event(tmp_path: Path) -> None:
    scribe, figures = Scribe(), Figures(tmp_path / "run")
    post = Post(scribe, lambda: Outbox(tmp_path / OUTBOX))
    with closing(sqlite3.connect(tmp_path / OUTBOX, isolation_level=None)) as uplink:
        uplink.execute("BEGIN IMMEDIATE")
        for number in range(3):
            post.send(f"event-{number}", b"{}", CLOCK)
        assert not scribe.is_idle(), "nobody has waited for it"
        uplink.execute("ROLLBACK")
    post.close()
    scribe.close(10)
    post.tell(figures)
    with closing(Outbox(tmp_path / OUTBOX)) as outbox:
        assert (outbox.rows(), outbox.dropped()) == (3, 0)
    vitals = read_vitals(tmp_path / "run", "vision")
    assert vitals is not None
    assert (vitals["outbox"], vitals["last_event"]) == ("ok", "event-2")


def test_an_outbox_that_cannot_be_made_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(BoothError, match=r"folders\.state"):
        Post(Scribe(), lambda: Outbox(tmp_path / "state" / OUTBOX))
