"""What vision has to write and need not wait for: pieces of work in, done one after the other by one thread, out.

While the camera is open nothing may wait for a disk that hangs, or for a lock that another process holds: a passer-by
who wants it closed has a fifth of a second.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from appliance.logbook.entry import Kind
from appliance.logbook.notes import Notes

Work = Callable[[], object]
Hand = Callable[[Work], object]
"Has work done, now or later, one piece after the other."
MOST = 64
"Pieces of work that wait, beside those in places; more come only while a disk hangs, and are not taken."
CLOSE_S = 3.0
"For what waits at the end; systemd gives the whole process a few seconds more."
log = logging.getLogger(__name__)


def do_here(work: Work) -> None:
    """The hand of whoever may wait for it."""
    work()


class Scribe:
    """Owner of the thread, which starts with the first work and dies with the process."""

    def __init__(self) -> None:
        self._works: queue.Queue[Work] = queue.Queue()
        self._thread: threading.Thread | None = None

    def hand(self, work: Work) -> bool:
        """Have `work` done after all that waits; False where too much does already."""
        if self._works.qsize() >= MOST:
            return False
        self._take(work)
        return True

    def place(self) -> Callable[[Work], None]:
        """To hand over work of which only the newest waits, such as a file that is written whole; always has room."""
        return Place(self._take).hand

    def is_idle(self) -> bool:
        """Whether all is done."""
        return self._works.unfinished_tasks == 0

    def close(self, wait_s: float = CLOSE_S) -> None:
        """Wait until all is done; no longer than for `wait_s`, on a disk that hangs."""
        if self._thread is None:
            return
        done = threading.Event()
        self._take(done.set)
        if not done.wait(wait_s):
            log.error("the disk hangs: what waits for it is not written")

    def _take(self, work: Work) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="scribe", daemon=True)
            self._thread.start()
        self._works.put(work)

    def _write(self) -> None:
        while True:
            work = self._works.get()
            try:
                work()
            except Exception:
                # Whatever it was, the next piece is another's.
                log.exception("not written")
            finally:
                self._works.task_done()


class Place:
    """Holds the newest piece of work of a kind until the scribe comes to it."""

    def __init__(self, take: Callable[[Work], None]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._newest: Work | None = None

    def hand(self, work: Work) -> None:
        """Have `work` done, and no more what was handed before and is not begun."""
        with self._lock:
            waits, self._newest = self._newest is not None, work
        if not waits:
            self._take(self._do)

    def _do(self) -> None:
        with self._lock:
            work, self._newest = self._newest, None
        if work is not None:
            work()


class HandedNotes(Notes):
    """What vision has to note, written by the scribe; only its thread touches what waits for the disk."""

    def __init__(self, state: Path, scribe: Scribe, now_s: float) -> None:
        super().__init__(state, "vision")
        self._scribe, self._now_s = scribe, now_s
        self._unheard: dict[Kind, str] = {}
        "The newest values that the scribe had no room for."

    def note(self, kind: Kind, value: str) -> None:
        """`kind` is `value` from now on; written soon, in the order of the calls."""
        self._unheard[kind] = value
        self._hand_over()

    def tend(self, now_s: float) -> None:
        """Have tried again what is due; waits for nothing."""
        self._now_s = now_s
        self._hand_over()
        if self._waiting and self._scribe.is_idle():
            self._scribe.hand(lambda: Notes.tend(self, now_s))

    def _hand_over(self) -> None:
        for kind, value in list(self._unheard.items()):
            if not self._scribe.hand(partial(self._take, kind, value, self._now_s)):
                return
            del self._unheard[kind]

    def _take(self, kind: Kind, value: str, now_s: float) -> None:
        Notes.note(self, kind, value)
        Notes.tend(self, now_s)
