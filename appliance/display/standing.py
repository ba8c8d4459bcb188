"""How the booth stands: vitals (or None) in; a few words that staff understand, and whether it is to be named, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STANDINGS = ("watching", "starting", "blind", "uncalibrated", "early", "paused", "ended", "silent")
"`silent`: no fresh vitals; vision is not running or hangs."
EARLY = ("too early", "learning")
"How vision begins to say that it looks and learns but tells nobody yet."
LONGEST_IDENTIFY_S = 60.0
"Whatever the uplink's vitals say: the board is not to be covered for longer."
MOST_REASON = 120
"Characters of a reason that are shown."


@dataclass(frozen=True)
class Standing:
    """One word for staff and the reason behind it."""

    name: str
    "One of STANDINGS."
    reason: str = ""
    "Plain English for the technician; empty when all is well."


def standing_from_vitals(vitals: dict[str, Any] | None) -> Standing:
    """The standing that `vitals` of vision tell; unknown states count as silent."""
    if vitals is None:
        return Standing("silent")
    state = str(vitals.get("state", ""))
    if state != "running":
        name = state if state in {"starting", "blind", "paused", "ended"} else "silent"
        return Standing(name, short(vitals.get("reason")))
    calibrated = vitals.get("calibrated", "ok")
    if calibrated != "ok" and calibrated is not True:
        early = isinstance(calibrated, str) and calibrated.startswith(EARLY)
        return Standing("early" if early else "uncalibrated", short(calibrated))
    return Standing("watching")


def is_identified(vitals: dict[str, Any] | None, now_s: float) -> bool:
    """Whether the uplink's vitals ask the board to say which booth this is at `now_s`, on the monotonic clock."""
    until_s = (vitals or {}).get("identify_until_s")
    if isinstance(until_s, bool) or not isinstance(until_s, int | float):
        return False
    return now_s < until_s <= now_s + LONGEST_IDENTIFY_S


def short(reason: object) -> str:
    """One line of `reason`, at most MOST_REASON characters; empty for None, False and 'ok'."""
    if not isinstance(reason, str) or reason == "ok":
        return ""
    return " ".join(reason.split())[:MOST_REASON]
