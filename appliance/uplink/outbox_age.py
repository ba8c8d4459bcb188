"""How old rows may be told to be: readings of the wall clock go in, what each of them allows comes out."""

from __future__ import annotations

from typing import NamedTuple

from appliance.health.clock import Clock

SETTLED_S = 3600.0
"So long a trusted clock must run on without a leap before anything is dropped for its age."
LEAP_S = 86_400.0
"Between two readings; a longer step may be a leap, a shorter one makes no age wrong by more than itself."


class Age(NamedTuple):
    """What one reading of the clock allows."""

    stamp_s: int | None
    "Unix time to stamp rows with, in whole minutes as events tell them; None: not to be believed."
    drop_s: int | None
    "Unix time by which rows may go for their age; None: none may."


UNKNOWN = Age(None, None)


class ClockTrust:
    """Remembers how the clock ran, so that a leap makes no fresh row old.

    A booth without a battery for its clock wakes in 1970, and even a synchronised clock can leap. Stamping
    a row with a time that was wrong is mended later; a row dropped is gone. So rows are stamped by any trusted
    clock that did not leap within the hour, and dropped only by one that ran on for an hour.
    """

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._since_s: float | None = None
        "Trusted and without a leap since then; None: not trusted now."
        self._leapt = False

    def age(self, clock: Clock | None) -> Age:
        """Take one more reading; None is a clock that nobody asked."""
        if clock is None or not clock.synced:
            self._since_s = None
            return UNKNOWN
        now_s = clock.unix_s
        if self._last_s is not None and abs(now_s - self._last_s) > LEAP_S:
            self._since_s, self._leapt = None, True
        self._last_s = now_s
        self._since_s = now_s if self._since_s is None else self._since_s
        settled = now_s - self._since_s >= SETTLED_S
        self._leapt = self._leapt and not settled
        stamp_s = int(now_s // 60) * 60
        return Age(None if self._leapt else stamp_s, int(now_s) if settled else None)
