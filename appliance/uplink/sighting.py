"""One booth as heard from afar: parsed messages go in, its last words, figures, counts and gaps come out."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field
from typing import Any

from appliance.uplink.event import ID
from appliance.uplink.gaps import Sequence

WORDS = ("state", "reason", "camera", "inference", "calibrated", "publishing", "certificate", "at")
"Kept of a status; with its versions, and all as printable text."
VERSIONS = ("booth", "engine", "bank")
FIGURES = ("outbox_rows", "outbox_oldest_s", "dropped", "refused", "unheard", "certificate_days", "config")
"Kept of a status and of health, whichever spoke last."
CONFIG = ("version", "wanted", "result", "reason")
"Kept of what a booth reports of its remote settings."
MOST_BOOTS = 16
"Starts of vision that are remembered of one booth; the oldest leaves its gaps as a number."
MOST_TEXT = 120
"Characters of one word."


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
    "By FIGURES; what is not told is not in it."
    clock_synced: bool = True
    config: dict[str, str] = field(default_factory=dict)
    "Its remote settings by CONFIG, {} where it reports none."
    events: int = 0
    "Different exceptions."
    joins: int = 1
    "How often somebody began to listen, each time in the middle of a boot."
    _boots: dict[str, Sequence] = field(default_factory=dict)
    _given_up: int = 0

    @property
    def gaps(self) -> int:
        """Events and trends that this booth numbered and that never came.

        The beginning of a boot counts as well, except of as many boots as somebody began to listen in: those
        with the longest unknown beginning. So the order in which messages come plays no role.
        """
        leads = sorted(sequence.lead for sequence in self._boots.values())
        inside = sum(sequence.missing for sequence in self._boots.values())
        return self._given_up + inside + sum(leads[: -self.joins])

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
        if self.figures.get("outbox_rows") == 0 and (
            number := split_id(values.get("last_event"), self.booth)
        ):
            self._boot(number[0]).tell(number[1])

    def hear_config(self, values: dict[str, Any]) -> None:
        """Take in what it reports of its remote settings."""
        self.config = _words(values, CONFIG)

    def hear_id(self, text: object) -> bool:
        """Take in the id of an event or a trend; False when it was heard before or is none of this booth."""
        number = split_id(text, self.booth)
        return number is not None and self._boot(number[0]).hear(number[1])

    def pause(self) -> None:
        """The listener goes away: what passes until it is back is unknown, not missing."""
        self.joins += 1
        for sequence in self._boots.values():
            sequence.pause()

    def _boot(self, boot: str) -> Sequence:
        known = self._boots.get(boot)
        if known is None:
            if len(self._boots) >= MOST_BOOTS:
                self._given_up += self._boots.pop(next(iter(self._boots))).missing
            known = self._boots[boot] = Sequence()
        return known

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
    return {key: sys.intern(printable(values[key])) for key in keys if key in values}
