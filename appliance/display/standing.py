"""How the booth stands: vitals (or None) in; a few words that staff understand, and whether it is to be named, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

STANDINGS = (
    "watching", "starting", "blind", "uncalibrated", "early", "paused", "dead-man", "ended", "silent",
)  # fmt: skip
"`silent`: no fresh vitals; vision is not running or hangs."
PAUSED = ("paused", "dead-man")
"Those in which the cameras are closed because somebody wants it, or nobody has armed the booth."
EARLY = ("too early", "learning")
"How vision begins to say that it looks and learns but tells nobody yet."
DEAD_MAN = "dead-man"
"How vision begins to say that nobody has armed the booth for too long."
BY = "paused by "
OWNERS = ("passer-by", "operator")
LONGEST_IDENTIFY_S = 60.0
"Whatever the uplink's vitals say: the board is not to be covered for longer."
MOST_REASON = 120
"Characters of a reason that are shown."
MOST_PASSAGES = 10**7
PROOF_S = 2.0
"For so long after its vitals were written they prove that the camera is open, or closed; then nothing does."
CLOSED = ("paused", "ended", "stopped", "failed")
"States in which vision has let go of the camera."
Capture = Literal["open", "closed", "unknown"]


@dataclass(frozen=True)
class Standing:
    """One word for staff and the reason behind it."""

    name: str
    "One of STANDINGS."
    reason: str = ""
    "Plain English for the technician; empty when all is well."
    by: tuple[str, ...] = ()
    "Who has paused the booth, of OWNERS."


def standing_from_vitals(vitals: dict[str, Any] | None) -> Standing:
    """The standing that `vitals` of vision tell; unknown states count as silent."""
    if vitals is None:
        return Standing("silent")
    state, reason = str(vitals.get("state", "")), short(vitals.get("reason"))
    if state == "paused":
        return paused(reason)
    if state != "running":
        return Standing(state if state in {"starting", "blind", "ended"} else "silent", reason)
    calibrated = vitals.get("calibrated", "ok")
    if calibrated != "ok" and calibrated is not True:
        early = isinstance(calibrated, str) and calibrated.startswith(EARLY)
        return Standing("early" if early else "uncalibrated", short(calibrated))
    return Standing("watching")


def paused(reason: str) -> Standing:
    """The standing of a closed camera: whose pause it is, or what is wrong."""
    if reason.startswith(DEAD_MAN):
        return Standing("dead-man")
    owners = tuple(reason.removeprefix(BY).split(", ")) if reason.startswith(BY) else ()
    known = bool(owners) and set(owners) <= set(OWNERS)
    return Standing("paused", reason, owners if known else ())


def capture_from_vitals(vitals: dict[str, Any] | None) -> Capture:
    """Whether the camera is open, by vitals that are younger than PROOF_S; what is neither proven is unknown."""
    state = (vitals or {}).get("state")
    if state == "running" and (vitals or {}).get("camera") == "ok":
        return "open"
    return "closed" if state in CLOSED else "unknown"


def passages_in(vitals: dict[str, Any] | None, key: str) -> int | None:
    """A number of passages that vision tells; None where it tells none."""
    value = (vitals or {}).get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < MOST_PASSAGES:
        return None
    return value


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
