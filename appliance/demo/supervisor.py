"""Keeps a process alive: in go its starter and the time, out come restarts after growing pauses, or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from appliance.errors import BoothError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
MOST_RESTARTS = 5
WINDOW_S = 60.0
MOST_STORY = 15
"Lines of a crash that are worth a look."
TOLD = "booth: "
"How the booth command starts the line that says what a person has to mend; trying again will not mend it."
State = Literal["running", "pausing", "ended", "failed"]


class Life(Protocol):
    """One life of a process."""

    def code(self) -> int | None:
        """Exit code; None while it runs."""

    def ask(self) -> None:
        """Ask it to end."""

    def wipe(self) -> None:
        """Kill it and what it left; returns when it is gone."""

    def lines(self) -> list[str]:
        """The last lines it printed, oldest first."""


class Restarts:
    """When to try again: pauses double up to a cap; too many in a window mean never."""

    def __init__(self, most: int = MOST_RESTARTS, window_s: float = WINDOW_S) -> None:
        self.total = 0
        self._most = most
        self._window_s = window_s
        self._times_s: list[float] = []

    def pause_s(self, now_s: float) -> float | None:
        """Seconds to wait after an end at `now_s`; None when the limit of the window is reached."""
        self._times_s = [time_s for time_s in self._times_s if now_s - time_s < self._window_s]
        if len(self._times_s) >= self._most:
            return None
        self._times_s.append(now_s)
        self.total += 1
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (len(self._times_s) - 1))


class Kept:
    """One process over all its lives."""

    def __init__(self, name: str, start: Callable[[], Life], restarts: Restarts, ends: bool = False) -> None:
        """`ends`: exit code 0 is the end of its work; otherwise every end is a fault."""
        self.name = name
        self.state: State = "pausing"
        self.fault = ""
        "Why its last life ended, '' before any fault."
        self.story: list[str] = []
        "What it printed before that, where its last line does not say it all."
        self.restarts = restarts
        self.life: Life | None = None
        self._start = start
        self._ends = ends
        self._due_s = float("-inf")

    def tend(self, now_s: float, worked: bool = True) -> bool:
        """Start it when due, notice its end; True when its state changed. Call a few times a second.

        `worked`: this life has done something useful, so that an end is bad luck and not a bad setting.
        """
        before = self.state
        if self.state == "running":
            self._look(now_s, worked)
        elif self.state == "pausing" and now_s >= self._due_s:
            self._begin(now_s)
        return self.state != before

    def _begin(self, now_s: float) -> None:
        try:
            self.life = self._start()
        except BoothError as error:
            if self.life is None:
                # It never ran here, so that a person has to mend something first.
                self.state, self.fault = "failed", str(error)
            else:
                self._fail(str(error), now_s)
            return
        self.state = "running"

    def _look(self, now_s: float, worked: bool) -> None:
        assert self.life is not None
        code = self.life.code()
        if code is None:
            return
        self.life.wipe()
        if code == 0 and self._ends:
            self.state = "ended"
            return
        lines = self.life.lines()
        fault = lines[-1] if lines else f"ended with {describe(code)}"
        told = fault.startswith(TOLD)
        self.story = [] if told else lines[-MOST_STORY:]
        if code == 1 and told and not worked:
            self.state, self.fault = "failed", fault.removeprefix(TOLD)
        else:
            self._fail(fault.removeprefix(TOLD), now_s)

    def _fail(self, fault: str, now_s: float) -> None:
        pause_s = self.restarts.pause_s(now_s)
        self.fault = fault
        self.state = "failed" if pause_s is None else "pausing"
        self._due_s = now_s + (pause_s or 0)


def describe(code: int) -> str:
    """An exit code in words."""
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def end_all(kept: Sequence[Kept], grace_s: float, hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all to end at once, wait at most `grace_s` seconds, less when `hurry`, then kill what is left."""
    lives = [one.life for one in kept if one.life is not None]
    for life in lives:
        life.ask()
    deadline_s = time.monotonic() + grace_s
    while any(life.code() is None for life in lives) and time.monotonic() < deadline_s and not hurry():
        time.sleep(0.05)
    for life in lives:
        life.wipe()
