"""The wall clock of events: the kernel's clock goes in, the UTC minute and whether to trust it come out."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

STA_UNSYNC = 0x40
"linux/timex.h: the clock is not synchronised."
FLOOR_UNIX_S = 1_767_225_600.0
"2026-01-01 UTC: this code did not exist before, so an earlier clock is wrong whatever the kernel says."
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Clock:
    """One reading of the wall clock."""

    unix_s: float
    "Seconds since 1970-01-01 UTC."
    synced: bool
    "False where a network has not confirmed the time since boot."

    @property
    def minute(self) -> str:
        """UTC, rounded down to the minute, as 2026-11-22T17:01:00Z."""
        return minute_text(self.unix_s)


class _Timex(ctypes.Structure):
    """The head of struct timex (linux/timex.h), padded beyond its 208 bytes on 64 bit."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def read_clock() -> Clock:
    """The wall clock now."""
    unix_s = time.time()
    return Clock(unix_s, is_synced(unix_s, kernel_status()))


def is_synced(unix_s: float, status: int | None, floor_unix_s: float = FLOOR_UNIX_S) -> bool:
    """True when the kernel's `status` bits say so and the time is not before the floor; None is unknown."""
    return status is not None and not status & STA_UNSYNC and unix_s >= floor_unix_s


def kernel_status() -> int | None:
    """Status bits of adjtimex(2), called with modes 0, which changes nothing; None where it is refused."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    timex = _Timex()
    result: int = adjtimex(ctypes.byref(timex))
    return None if result < 0 else int(timex.status)


def minute_text(unix_s: float) -> str:
    """UTC minute of `unix_s` as RFC 3339 text; never later than `unix_s`. Raises ValueError out of range."""
    try:
        moment = EPOCH + timedelta(minutes=unix_s // 60)
    except (OverflowError, ValueError):
        raise ValueError(f"{unix_s} seconds are no time of this world") from None
    return moment.strftime("%Y-%m-%dT%H:%M:00Z")
