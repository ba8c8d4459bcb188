"""What vision hands over to be written: in order, waited for by nobody, and bounded."""

from __future__ import annotations

import threading
from pathlib import Path

from appliance.logbook import book
from appliance.logbook.chain import links_of
from appliance.verbs.scribe import MOST, HandedNotes, Scribe


def test_work_is_done_in_order_and_a_fault_ends_nothing() -> None:
    scribe, done = Scribe(), []
    scribe.hand(lambda: done.append(1))
    scribe.hand(lambda: 1 / 0)
    scribe.hand(lambda: done.append(2))
    scribe.close(10)
    assert done == [1, 2]


def test_a_disk_that_hangs_gathers_no_endless_work() -> None:
    scribe, disk, hangs = Scribe(), threading.Event(), threading.Event()
    scribe.hand(lambda: (hangs.set(), disk.wait(20)))
    assert hangs.wait(10)
    assert [scribe.hand(lambda: None) for _ in range(MOST + 1)] == [True] * MOST + [False]
    scribe.close(0.01)
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
