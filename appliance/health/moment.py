"""What time it is: this boot, its seconds on a clock that nobody sets, and the wall clock, which somebody may, out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from appliance.health.clock import Clock, read_clock

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Moment:
    """One reading of all clocks."""

    boot: str
    "Names this boot of the machine; '' where the kernel does not say."
    since_boot_s: float
    "The monotonic clock, which starts anew with each boot and never jumps."
    clock: Clock


def read_moment() -> Moment:
    """Now."""
    return Moment(boot_id(), time.monotonic(), read_clock())


def boot_id(file: Path = BOOT_ID) -> str:
    """Names this boot; another after each. '' where the kernel does not say, which counts no boots."""
    try:
        return file.read_text(encoding="ascii").strip()[:64]
    except OSError:
        return ""
