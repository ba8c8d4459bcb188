"""The button "pause": presses in, the pause that vision heeds and how long it still lasts, out."""

from __future__ import annotations

from pathlib import Path

from appliance.health.breaks import MINUTES, left_s, pause_for, settle
from appliance.health.moment import read_moment
from appliance.health.pause import PASSER_BY

SETTLE_S = 2.0
"Between two looks for pauses that are over, or lie in memory only."


class Pausing:
    """Owner of the pauses of people on the spot; nobody lifts one early: it was promised to somebody who has left."""

    def __init__(self, state: Path, runtime: Path) -> None:
        self._state, self._runtime = state, runtime
        self._settled_s = float("-inf")

    def press(self) -> None:
        """Close the camera, for MINUTES from now, as the sign in the street promises.

        Raises BoothError where neither disk nor memory takes it.
        """
        pause_for(self._state, self._runtime, PASSER_BY, MINUTES, read_moment())

    def left_s(self) -> float:
        """Seconds until the camera may open; 0 where nobody has pressed."""
        return left_s(self._state, self._runtime, read_moment())

    def tend(self, now_s: float) -> None:
        """To be called now and then; never raises."""
        if now_s - self._settled_s >= SETTLE_S:
            self._settled_s = now_s
            settle(self._state, self._runtime, read_moment())
