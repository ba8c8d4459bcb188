"""A pause that lifts itself: when it began and for how long in; how many seconds are left of it out.

Within one boot the monotonic clock alone counts, which no network and nobody's hand can move. After a reboot the wall
clock tells how long that took, if it was set when the pause began and is set now; where it cannot be believed, the
whole pause runs anew from the boot on. So a clock that jumps neither opens the camera early nor keeps it closed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from appliance.health.moment import Moment, between_s

MOST_S = 3600.0
"A pause of people on the spot lasts no longer: whoever wants more presses again."


@dataclass(frozen=True)
class Term:
    """A pause with an end. Raises ValueError for one that cannot be."""

    length_s: float
    began: Moment

    def __post_init__(self) -> None:
        if type(self.length_s) not in (int, float) or not 0 < self.length_s <= MOST_S:
            raise ValueError("no term")

    def left_s(self, now: Moment) -> float:
        """Seconds until it lifts itself, 0..length_s."""
        return max(0.0, self.length_s - between_s(self.began, now))


def json_from_term(term: Term) -> dict[str, Any]:
    """As it stands in the file."""
    return asdict(term)


def term_from_json(values: object) -> Term:
    """The record of it. Raises ValueError for anything else."""
    if not isinstance(values, dict) or values.keys() != {"length_s", "began"}:
        raise ValueError("no term")
    try:
        return Term(values["length_s"], Moment(**values["began"]))
    except (TypeError, OverflowError):
        raise ValueError("no term") from None
