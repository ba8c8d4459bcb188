"""What other processes tell in English: a line of vitals or notices in; the page's word for it, or a quotation, out."""

from __future__ import annotations

import re

from appliance.display.field.words import Word, said

STATES = frozenset(
    {"starting", "running", "paused", "stopped", "failed", "blind", "ended", "online", "offline"}
)
KNOWN = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"too early to tell: (?P<n>\d+) of (?P<of>\d+) passages", "counted"),
        (r"learning: (?P<n>\d+) people so far", "people-so-far"),
        (r"learning: fewer than ten people so far", "few-people-so-far"),
        (r"no bank: .*", "no-bank"),
        (r"loading networks", "loading-networks"),
        (r"paused by (?P<by>.+)", "paused-by"),
        (r"(?P<camera>[^;]+): no frame for (?P<n>\d+) s; check cable and power", "no-frame"),
        (r"expires in (?P<n>\d+) days?", "expires-in"),
        (r"expired", "expired"),
        (r"not yet valid", "not-yet-valid"),
        (r"unknown: the clock is not set", "clock-not-set"),
        (r"name not found; .*", "name-not-found"),
        (r"no answer in time; .*", "no-answer"),
        (r"no route there; .*", "no-route"),
    )
)
"Lines that a technician meets on most visits; whatever else a process says is quoted, and marked as English."


def told(text: str, otherwise: str = "unknown") -> Word:
    """`text` in a word of the tables where it is known, as it is where not; `otherwise` where it is empty."""
    if not text:
        return said(otherwise)
    if text in STATES:
        return said(f"is-{text}")
    for pattern, word in KNOWN:
        found = pattern.fullmatch(text)
        if found:
            return said(word, **found.groupdict())
    return said("quoted", text=text)
