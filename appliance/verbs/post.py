"""Vision's end of the outbox: events in, kept by the scribe's thread; what became of them, for the vitals, out.

An event that waits for a disk or for the uplink's lock is not lost, and the camera waits for neither.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from appliance.health.clock import Clock
from appliance.uplink.outbox import Outbox
from appliance.verbs.figures import Figures
from appliance.verbs.scribe import Scribe

WAIT_S = 0.05
"For the disk, where no event waits for it yet: one that is well has the event before anybody sees the card."
FULL = "the disk hangs and too many events wait for it; what comes now is lost"


class Post:
    """Owner of the outbox, which lives in the scribe's thread alone: SQLite wants it so."""

    def __init__(self, scribe: Scribe, make: Callable[[], Outbox]) -> None:
        """Raises what `make` raises."""
        self._scribe = scribe
        self._became: deque[tuple[str, str]] = deque()
        "Of each event: the fault, '' where it is kept, and its id."
        self._last: threading.Event | None = None
        "Set once the event that was sent last has been dealt with."
        self._outbox: Outbox
        made: Future[None] = Future()
        scribe.hand(lambda: self._open(make, made))
        made.result()

    def send(self, event: str, payload: bytes, clock: Clock) -> None:
        """Have the exception `event` kept."""
        last, done = self._last, threading.Event()
        if not self._scribe.hand(lambda: self._add(event, payload, clock, done)):
            self._became.append((FULL, event))
            return
        self._last = done
        if last is None or last.is_set():
            done.wait(WAIT_S)

    def tell(self, figures: Figures) -> None:
        """Say how the outbox is, and which event is the newest that it has."""
        while self._became:
            fault, event = self._became.popleft()
            figures.set(outbox=fault or "ok")
            if not fault:
                figures.set(last_event=event)

    def close(self) -> None:
        """Let go of the file once all that waits is in it."""
        self._scribe.hand(self._outbox.close)

    def _open(self, make: Callable[[], Outbox], made: Future[None]) -> None:
        try:
            self._outbox = make()
            made.set_result(None)
        except Exception as error:
            made.set_exception(error)

    def _add(self, event: str, payload: bytes, clock: Clock, done: threading.Event) -> None:
        try:
            stored = self._outbox.add("exception", payload, clock)
            self._became.append(("" if stored else self._outbox.fault, event))
        finally:
            done.set()
