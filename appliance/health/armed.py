"""Who means the booth to go on: acts of people go in, and when the newest of each kind was comes out.

A file in each writer's own folder, {"schema": "armed/1", "id", "boot", "at_s", "unix_s", "synced"}: the uplink writes
that the city team has sent `resume`, display that somebody on the spot has entered the field page's code. What cannot
be read is no such act. The switch itself is vision's, see verbs/dead_man.py.
"""

from __future__ import annotations

import json
import math
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.disk import read_small, write_own
from appliance.health.clock import Clock, read_clock

UPLINK, DISPLAY = "uplink/armed.json", "display/armed.json"
SCHEMA = "armed/1"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MOST_BYTES = 512
MOST_S = 1e11
MOST_BOOT, MOST_ID = 64, 16


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
        if not all(
            type(time) in (int, float) and math.isfinite(time) and abs(time) < MOST_S for time in times
        ):
            raise ValueError("no moment")
        if not (isinstance(self.boot, str) and len(self.boot) <= MOST_BOOT):
            raise ValueError("no boot")


@dataclass(frozen=True)
class Act:
    """Somebody has armed the booth."""

    id: str
    "Another for each."
    at: Moment


def moment_at(now_s: float, clock: Clock | None = None, boot_file: Path = BOOT_ID) -> Moment:
    """Now, by the monotonic clock of the caller and the wall clock."""
    clock = clock or read_clock()
    try:
        boot = boot_file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        boot = ""
    return Moment(boot, now_s, clock.unix_s, clock.synced)


def between_s(then: Moment, now: Moment) -> float:
    """Seconds from then to now, as far as can be told; never below 0.

    Within one boot the monotonic clock alone counts: whoever sets the wall clock changes nothing. Across boots it is at
    least as long as the machine has been on, and more where both ends have a wall clock to be believed.
    """
    if then.boot == now.boot:
        return max(0.0, now.at_s - then.at_s)
    off_s = now.unix_s - then.unix_s if then.synced and now.synced else 0.0
    return max(0.0, now.at_s, off_s)


def arm(file: Path, now: Moment) -> None:
    """Keep that somebody has armed the booth now. Raises BoothError."""
    values = {"schema": SCHEMA, "id": secrets.token_hex(8), **asdict(now)}
    content = json.dumps(values, separators=(",", ":")).encode("ascii")
    write_own(file, content, "free space or set folders.state to a writable folder")


def acts_in(state: Path) -> list[Act]:
    """The newest act of each kind. Never raises: what cannot be read arms nothing."""
    acts = []
    for name in (UPLINK, DISPLAY):
        try:
            values = json.loads(read_small(state / name, MOST_BYTES))
            acts.append(act_from(values))
        except (OSError, ValueError, RecursionError):
            continue
    return acts


def act_from(values: object) -> Act:
    """The record of a file's JSON. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.pop("schema", None) != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    try:
        name = values.pop("id")
        if not (isinstance(name, str) and 0 < len(name) <= MOST_ID):
            raise ValueError("no id")
        return Act(name, Moment(**values))
    except (KeyError, TypeError):
        raise ValueError(f"no {SCHEMA}") from None
