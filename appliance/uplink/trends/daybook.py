"""The tallies that are open: outfits and the clock in; the tally of each day that is over out, once.

They live in memory, and in a file of the runtime folder, which is memory too, so that a process that is killed loses a
minute and not a day. A power cut loses the day: nothing that was not noised reaches a disk.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta, tzinfo
from pathlib import Path
from typing import Any

from appliance.disk import read_small
from appliance.health.clock import Clock
from appliance.outfit import Outfit
from appliance.uplink.trends.days import SETTLE_S, Trust, local_day
from appliance.uplink.trends.tally import Tally, tally_from

FILE = "trends.tally"
"In vision's own folder of folders.runtime."
BOOT = Path("/proc/sys/kernel/random/boot_id")
MOST_BYTES = 64 * 1024
EVERY_S = 60.0
MOST_OVER = 7
"Days that wait for a disk or for a network to confirm the clock; the oldest goes."
MOST_WAIT_S = 86_400.0
"For a clock to be set: after that nobody could say of which day the counts are."
MOST_OPEN_S = 25 * 3600.0 + SETTLE_S
"The longest day, and the time that a clock may be doubted at its end; what is open for longer holds several days."


class DayBook:
    """Owner of the open tally and of those that are over and not released. Times are monotonic seconds."""

    def __init__(self, runtime: Path, zone: tzinfo, ends_at_h: float, now_s: float) -> None:
        self._file = runtime / FILE
        self._zone, self._ends_at_h = zone, ends_at_h
        self._open, self._since_s = Tally(None), now_s
        self._over: list[Tally] = []
        self._closed = date.min
        "The newest day that was ever over; days begin after it, whatever the clock says."
        self._trust = Trust()
        self._saved_s, self._saved = now_s, 0
        self._load()

    @property
    def today(self) -> date | None:
        """The day that is counted; None while nobody knows it."""
        return self._open.day

    def add(self, outfits: Iterable[Outfit]) -> None:
        """Count passages that are settled."""
        for outfit in outfits:
            self._open.add(outfit)

    def turn(self, clock: Clock, now_s: float) -> None:
        """Look at the clock: begin the day, or the next one. A clock that goes back begins no day."""
        if self._open.day is None and now_s - self._since_s > MOST_WAIT_S:
            self._open, self._since_s = Tally(None), now_s
        if self._trust.believes(clock, now_s):
            with contextlib.suppress(ValueError, OverflowError):
                self._turn_to(local_day(clock.unix_s, self._zone, self._ends_at_h), clock.unix_s, now_s)
        if now_s - self._saved_s >= EVERY_S:
            self.save(now_s)

    def _turn_to(self, day: date, unix_s: float, now_s: float) -> None:
        known = self._open.day
        if known is None:
            # What was counted before the clock was set is of this day if it has begun by then.
            began = local_day(unix_s - (now_s - self._since_s), self._zone, self._ends_at_h)
            if began != day:
                self._open, self._since_s = Tally(None), now_s
            self._open.day = self._after(day)
        elif day > known:
            if now_s - self._since_s <= MOST_OPEN_S:
                self._over = [*self._over, self._open][-MOST_OVER:]
            self._closed = known
            self._open, self._since_s = Tally(day), now_s
            self.save(now_s)
        else:
            # The clock goes back: the open day takes the name that is right now, unless that day is over already.
            self._open.day = self._after(day)

    def _after(self, day: date) -> date:
        return max(day, self._closed + timedelta(days=1))

    def over(self) -> Tally | None:
        """The oldest day that is over; it stays until done()."""
        return self._over[0] if self._over else None

    def done(self, tally: Tally, now_s: float) -> None:
        """That day needs nothing any more."""
        self._over = [one for one in self._over if one is not tally]
        self.save(now_s)

    def save(self, now_s: float) -> None:
        """Keep all in the runtime folder; a folder that refuses costs the day when the process ends, and no more."""
        self._saved_s = now_s
        draft = self._file.with_name(f".{FILE}.{os.getpid()}")
        with contextlib.suppress(OSError):
            try:
                draft.unlink(missing_ok=True)
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(json.dumps(self._values(), separators=(",", ":")).encode("ascii"))
                draft.replace(self._file)
            except OSError:
                draft.unlink(missing_ok=True)

    def _values(self) -> dict[str, Any]:
        tallies = [tally.values() for tally in (*self._over, self._open)]
        clock = {
            "since_s": self._since_s,
            "offset_s": self._trust.offset_s,
            "doubt_until_s": self._trust.doubt_until_s,
            "closed": self._closed.isoformat(),
        }
        return {"boot": boot_id(), "tallies": tallies, **clock}

    def _load(self) -> None:
        """Go on with what the process before has counted; anything else in that file is not ours."""
        try:
            if self._file.lstat().st_uid != os.geteuid():
                return
            values = json.loads(read_small(self._file, MOST_BYTES))
            *over, latest = (tally_from(one) for one in values["tallies"])
            since_s, trust = float(values["since_s"]), trust_from(values)
            closed = date.fromisoformat(values["closed"])
        except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
            return
        # From another boot, of a folder that is no tmpfs: its monotonic times mean nothing.
        if values.get("boot") != boot_id() or any(tally.day is None for tally in over):
            return
        self._over, self._open, self._since_s = over[-MOST_OVER:], latest, since_s
        self._closed = closed
        self._trust = trust


def trust_from(values: dict[str, Any]) -> Trust:
    """What the process before thought of the clock. Raises LookupError, TypeError, ValueError or OverflowError."""
    offset_s, doubt_until_s = values["offset_s"], values["doubt_until_s"]
    trust = Trust(float(offset_s) if offset_s is not None else None)
    return trust if doubt_until_s is None else replace(trust, _doubt_until_s=float(doubt_until_s))


def boot_id() -> str:
    """What the kernel calls this boot (random(4)); '' where it does not say."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
