"""Which day it is in the street: readings of the clock in; the local day, and whether it may be believed, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from appliance.health.clock import Clock

LEAP_S = 600.0
"More between two readings than the monotonic clock has run: somebody set the clock, or it was wrong."
SETTLE_S = 3600.0
"After that it has to run on for so long: a day that is released early by mistake blocks all days up to it."


def zone_of(name: str) -> tzinfo:
    """The time zone; UTC on a machine without the tz database, as the settings allow it there."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return timezone.utc


def zone_name(name: str) -> str:
    """How a release calls the zone by which its days are told: the one that zone_of() really gives."""
    return "UTC" if zone_of(name) is timezone.utc else name


def local_day(unix_s: float, zone: tzinfo, ends_at_h: float = 24.0) -> date:
    """The day that the street calls it; one that ends at 21 h begins at 21 h of the evening before.

    By the hands of the local clock, so a day has 23 or 25 hours when those are moved. Raises ValueError or
    OverflowError for a time out of this world.
    """
    local = datetime.fromtimestamp(unix_s, zone).replace(tzinfo=None)
    return (local + timedelta(hours=24.0 - ends_at_h)).date()


@dataclass
class Trust:
    """Whether the clock may be believed. Times are monotonic seconds, which no one sets."""

    _offset_s: float | None = None
    "Wall clock less monotonic clock at the last reading that a network had confirmed."
    _doubt_until_s: float = float("-inf")

    def believes(self, clock: Clock, now_s: float) -> bool:
        """Take one more reading.

        A clock that was believed and that nobody has set since names the day without a network too: the kernel calls
        it unsynchronised some nine hours after the last answer of a time server, and it is off by seconds.
        """
        offset_s, before_s = clock.unix_s - now_s, self._offset_s
        leapt = before_s is not None and abs(offset_s - before_s) > LEAP_S
        if not clock.synced:
            return before_s is not None and not leapt and self.doubt_until_s is None
        self._offset_s = offset_s
        if leapt:
            self._doubt_until_s = now_s + SETTLE_S
        elif now_s >= self._doubt_until_s:
            self._doubt_until_s = float("-inf")
        return self.doubt_until_s is None

    @property
    def offset_s(self) -> float | None:
        """For the next process of this boot, whose monotonic clock is the same."""
        return self._offset_s

    @property
    def doubt_until_s(self) -> float | None:
        """For it too, which must not believe sooner; None without a doubt."""
        return self._doubt_until_s if math.isfinite(self._doubt_until_s) else None
