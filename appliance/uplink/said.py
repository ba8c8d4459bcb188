"""What vision says of itself in words: one line of its vitals in, what of it may stand in status out.

Each line has a form; what does not fit is told as unknown. Where it names a fault, that is a sentence for people, of
printable ASCII and without addresses. No line may tell of single people: counts come in steps of ten, since a retained
status is published whenever it changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.uplink.event import VERSION
from appliance.uplink.wording import one_line

ADDRESS = re.compile(r"\S*(://|@)\S*")
"Camera addresses carry passwords."
FAULT = r"[ -~]{1,120}"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
WORDS = r"[a-z][a-z :]{0,39}"
TENS = r"(?:fewer than ten|[1-9][0-9]{0,8}0)"
FORMS: Mapping[str, re.Pattern[str]] = {
    "reason": re.compile(FAULT),
    "camera": re.compile(FAULT),
    "inference": re.compile(FAULT),
    "outbox": re.compile(FAULT),
    "camera_path": re.compile(r"cpu|nvmm|software: [a-z][a-z. ]{0,59}"),
    "calibrated": re.compile(
        rf"ok|starting|no bank(?:: booth learn SOURCE --bank FILE)?|learning: {TENS} people so far"
        rf"|too early to tell: {TENS} of {TENS} passages|not (?:kept|judged by): {FAULT}"
    ),
    "trends": re.compile(rf"off|(?:counting|waits: [a-z ]{{1,80}})(?:; {DAY} {WORDS})?|no release: {FAULT}"),
    "engine": VERSION,
    "bank": VERSION,
}
EARLY = re.compile(r"too early to tell: ([0-9]{1,9}) of ([0-9]{1,9}) passages")
LEARNING = re.compile(r"learning: ([0-9]{1,9}) people so far")


def said_by(vision: Mapping[str, object], key: str, instead: str) -> str:
    """What vision says under `key`; `instead` where that is nothing, 'unknown' where it has not the form of it."""
    value = vision.get(key)
    if not isinstance(value, str) or not value:
        return text_of(instead)
    line = coarse(text_of(value))
    return line if FORMS[key].fullmatch(line) else "unknown"


def coarse(line: str) -> str:
    """The same with people in steps of ten: how many there were and, rounded up, how many it takes."""
    if found := EARLY.fullmatch(line):
        return f"too early to tell: {tens(int(found[1]))} of {-(-int(found[2]) // 10) * 10} passages"
    if found := LEARNING.fullmatch(line):
        return f"learning: {tens(int(found[1]))} people so far"
    return line


def tens(number: int) -> str:
    """A number of people, >= 0, in steps of ten, rounded down: 'fewer than ten', '10', '20'."""
    return str(number // 10 * 10) if number >= 10 else "fewer than ten"


def text_of(text: str) -> str:
    """Printable ASCII, not too long, addresses taken out."""
    return one_line(ADDRESS.sub("(address)", text))
