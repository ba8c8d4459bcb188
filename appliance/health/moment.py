"""A moment by two clocks: this boot and its seconds, which nobody sets, and the wall clock, which somebody may."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from appliance.health.clock import Clock, read_clock

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MOST_S = 1e11
MOST_BOOT = 64


@dataclass(frozen=True)
class Moment:
    """A moment by both clocks. Raises ValueError for figures that are no times."""

    boot: str
    "Which start of the machine it was."
    at_s: float
    "Seconds on the monotonic clock, which begins anew with each."
    unix_s: float
    synced: bool
    "Whether `unix_s` is to be believed."

    def __post_init__(self) -> None:
        times = (self.at_s, self.unix_s)
        # The comparison refuses infinity and NaN, too; math.isfinite() fails over an integer beyond all floats.
        if not all(type(time) in (int, float) and abs(time) < MOST_S for time in times):
            raise ValueError("no moment")
        if not (isinstance(self.boot, str) and len(self.boot) <= MOST_BOOT and type(self.synced) is bool):
            raise ValueError("no boot")


def moment_at(now_s: float, clock: Clock | None = None, boot_file: Path = BOOT_ID) -> Moment:
    """Now, by the monotonic clock of the caller and the wall clock."""
    clock = clock or read_clock()
    return Moment(boot_id(boot_file), now_s, clock.unix_s, clock.synced)


def read_moment() -> Moment:
    """Now, by this machine's clocks."""
    return moment_at(time.monotonic())


def boot_id(file: Path = BOOT_ID) -> str:
    """Names this boot; another after each. '' where the kernel does not say, which counts no boots."""
    try:
        return file.read_text(encoding="ascii").strip()[:MOST_BOOT]
    except (OSError, ValueError):
        return ""


def between_s(then: Moment, now: Moment) -> float:
    """Seconds from then to now, as far as can be told; never below 0.

    Within one boot the monotonic clock alone counts: whoever sets the wall clock changes nothing. Across boots it is at
    least as long as the machine has been on, and more where both ends have a wall clock to be believed.
    """
    if then.boot == now.boot:
        return max(0.0, now.at_s - then.at_s)
    off_s = now.unix_s - then.unix_s if then.synced and now.synced else 0.0
    return max(0.0, now.at_s, off_s)
