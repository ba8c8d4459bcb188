"""One booth as heard from afar: parsed messages go in, its last words, figures, counts and gaps come out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from appliance.fleet.boots import Boots
from appliance.uplink.event import ID

WORDS = ("state", "reason", "camera", "inference", "calibrated", "publishing", "trends", "certificate", "at")
"Kept of a status; with its versions, and all as printable text."
VERSIONS = ("booth", "engine", "bank")
FIGURES = ("outbox_rows", "outbox_oldest_s", "dropped", "refused", "unheard", "certificate_days", "config")
"Kept of a status and of health, whichever spoke last."
CONFIG = ("version", "wanted", "result", "reason")
"Kept of what a booth reports of its remote settings."
MOST_TEXT = 120
"Characters of one word."
MOST_SHARED = 10_000
"Different words of which booths share one copy, those that were said last."


@dataclass(slots=True)
class Booth:
    """One booth, as of its last messages. What it says is text from the network: only printable here."""

    city: str
    booth: str
    met_s: float
    "Monotonic seconds of its first message, retained or not."
    seen_s: float | None = None
    "When it last spoke itself; what the broker had retained and its will do not count."
    offline_s: float | None = None
    "When it was heard to go; None while it is there, and where only a retained status tells."
    words: dict[str, str] = field(default_factory=dict)
    "Of the last status by WORDS, {} before."
    versions: dict[str, str] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    "By FIGURES; what is not told is gone."
    clock_synced: bool = True
    config: dict[str, str] = field(default_factory=dict)
    "Its remote settings by CONFIG, {} where it reports none."
    events: int = 0
    "Different exceptions."
    _exceptions: Boots = field(default_factory=Boots)
    _trends: Boots = field(default_factory=Boots)

    @property
    def gaps(self) -> int:
        """Exceptions and trends that this booth numbered and that never came."""
        return self._exceptions.missing + self._trends.missing

    def hear_status(self, values: dict[str, Any], now_s: float, retained: bool) -> None:
        """Take in a status."""
        self.words = _words(values, WORDS)
        versions = values.get("versions")
        self.versions = _words(versions, VERSIONS) if isinstance(versions, dict) else {}
        self.clock_synced = values.get("clock_synced") is not False
        self._measure(values)
        if self.words.get("state") != "offline":
            self.offline_s = None
        elif not retained:
            self.offline_s = now_s

    def hear_health(self, values: dict[str, Any]) -> None:
        """Take in figures; with an empty outbox, all up to the last event has left the booth."""
        self._measure(values)
        last = split_id(values.get("last_event"), self.booth)
        if last and self.figures.get("outbox_rows") == 0:
            self._exceptions.tell(*last)

    def hear_config(self, values: dict[str, Any]) -> None:
        """Take in what it reports of its remote settings."""
        self.config = _words(values, CONFIG)

    def hear_event(self, text: str) -> bool:
        """Take in the id of an exception; False when it was heard before or is none of this booth."""
        number = split_id(text, self.booth)
        fresh = number is not None and self._exceptions.hear(*number)
        self.events += fresh
        return fresh

    def hear_trend(self, values: dict[str, Any]) -> bool:
        """Take in a trend; as hear_event()."""
        number = split_id(values.get("id"), self.booth)
        return number is not None and self._trends.hear(*number)

    def pause(self) -> None:
        """The listener goes away: what passes until it is back is unknown, not missing."""
        self._exceptions.pause()
        self._trends.pause()

    def _measure(self, values: dict[str, Any]) -> None:
        for key in FIGURES:
            if key in values:
                value = values[key]
                number = isinstance(value, int | float) and not isinstance(value, bool)
                if number and abs(value) < 1e15 and math.isfinite(value):
                    self.figures[key] = value
                else:
                    self.figures.pop(key, None)


def split_id(text: object, booth: str) -> tuple[str, int] | None:
    """Boot and number of an id of `booth`; None for anything else."""
    if not isinstance(text, str) or not ID.fullmatch(text):
        return None
    name, boot, number = text.rsplit("-", 2)
    return (boot, int(number)) if name == booth and int(number) > 0 else None


def printable(value: object) -> str:
    """`value` as text that cannot steer a terminal: it comes from the network."""
    text = value if isinstance(value, str) else str(value)[:MOST_TEXT]
    return "".join(mark if mark.isprintable() else "?" for mark in text[:MOST_TEXT])


def _words(values: dict[str, Any], keys: tuple[str, ...]) -> dict[str, str]:
    """What of `values` is told; the same words of all booths are kept once."""
    return {key: shared(printable(values[key])) for key in keys if key in values}


@lru_cache(MOST_SHARED)
def shared(text: str) -> str:
    """The first of equal texts. The first CPythons of 3.12 keep all that sys.intern() gets (cpython issue 113993)."""
    return text
