"""A pause that lifts itself: when it began and for how long in; how many seconds are left of it out.

Within one boot the monotonic clock alone counts, which no network and nobody's hand can move. After a reboot the wall
clock tells how long that took, if it was set when the pause began and is set now; where it cannot be believed, the
whole pause runs anew from the boot on. So a clock that jumps neither opens the camera early nor keeps it closed.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from appliance.health.moment import Moment

MOST_S = 3600.0
"A pause of people on the spot lasts no longer: whoever wants more presses again."


@dataclass(frozen=True)
class Term:
    """A pause with an end. Raises ValueError for one that cannot be."""

    minute: str
    "UTC, a note of when it began."
    length_s: float
    boot: str
    "In which boot it began..."
    began_s: float
    "...and when, on its monotonic clock..."
    began_unix_s: float
    "...and on the wall clock..."
    clock_set: bool
    "...if that could be believed."

    def __post_init__(self) -> None:
        numbers = (self.length_s, self.began_s, self.began_unix_s)
        if not all(map(math.isfinite, numbers)) or not 0 < self.length_s <= MOST_S or self.began_s < 0:
            raise ValueError("no term")

    def left_s(self, now: Moment) -> float:
        """Seconds until it lifts itself, 0..length_s."""
        passed_s = now.since_boot_s
        if now.boot == self.boot and now.since_boot_s >= self.began_s:
            passed_s -= self.began_s
        elif self.clock_set and now.clock.synced:
            by_wall_s = now.clock.unix_s - self.began_unix_s
            # A clock from before the pause knows nothing of it.
            passed_s = max(passed_s, by_wall_s) if by_wall_s >= 0 else passed_s
        return min(max(0.0, self.length_s - passed_s), self.length_s)


def term_from_now(length_s: float, now: Moment) -> Term:
    """A pause that begins at `now`."""
    clock = now.clock
    return Term(clock.minute, length_s, now.boot, now.since_boot_s, clock.unix_s, clock.synced)


def json_from_term(term: Term) -> dict[str, Any]:
    """As it stands in the file."""
    return asdict(term)


def term_from_json(values: object) -> Term:
    """The record of it. Raises ValueError for anything else."""
    if not isinstance(values, dict) or values.keys() != {one.name for one in fields(Term)}:
        raise ValueError("no term")
    words = (values["minute"], values["boot"])
    numbers = (values["length_s"], values["began_s"], values["began_unix_s"])
    if not all(isinstance(one, str) for one in words) or not isinstance(values["clock_set"], bool):
        raise ValueError("no term")
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise ValueError("no term")
    try:
        length_s, began_s, began_unix_s = map(float, numbers)
    except OverflowError:
        raise ValueError("no term") from None
    return Term(words[0], length_s, words[1], began_s, began_unix_s, values["clock_set"])
