"""The button "pause": presses in, the pause that vision heeds and how long it still lasts, out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from appliance.health.breaks import MINUTES, begin, keep, left_s, settle
from appliance.health.moment import Moment, read_moment
from appliance.health.pause import PASSER_BY

SETTLE_S = 2.0
"Between two looks for pauses that are over, or lie in memory only."


class Pausing:
    """Owner of the pauses of people on the spot; nobody lifts one early: it was promised to somebody who has left.

    Lives in an event loop, which waits for no disk: one thread for the disk, another for a press meanwhile.
    """

    def __init__(self, state: Path, runtime: Path) -> None:
        self._state, self._runtime = state, runtime
        self._settled_s = float("-inf")
        self.hands = ThreadPoolExecutor(2, "pauses")
        "To press in."
        self._work: Future[None] | None = None

    def press(self) -> None:
        """Close the camera, for MINUTES from now, as the sign in the street promises; keep() is to follow.

        Raises BoothError where neither disk nor memory takes it.
        """
        begin(self._state, self._runtime, PASSER_BY, MINUTES, read_moment())

    def keep(self) -> None:
        """Have what was pressed brought to the disk; at once, or with what is due a moment later."""
        self._have_done(keep)

    def left_s(self) -> float:
        """Seconds until the camera may open; 0 where nobody has pressed."""
        return left_s(self._state, self._runtime, read_moment())

    def tend(self, now_s: float) -> None:
        """To be called now and then; waits for nothing, never raises."""
        if now_s - self._settled_s >= SETTLE_S:
            self._settled_s = now_s
            self._have_done(settle)

    def close(self) -> None:
        """Take no more; what is under way is brought to its end."""
        self.hands.shutdown(wait=False)

    def _have_done(self, what: Callable[[Path, Path, Moment], None]) -> None:
        """One at a time: a disk that hangs gathers no work."""
        if self._work is None or self._work.done():
            with contextlib.suppress(RuntimeError):  # closed meanwhile: the next start brings it to the disk
                self._work = self.hands.submit(lambda: what(self._state, self._runtime, read_moment()))
