"""The demo's figures: vitals of the processes and received events go in, one frozen record comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.health.vitals import read_vitals

COUNTERS = ("frames", "late", "passages", "exceptions", "abstained")


@dataclass(frozen=True)
class Figures:
    """Everything that the table shows, at one moment."""

    vision: str = "starting"
    "State of vision as its vitals tell it, 'silent' without fresh ones."
    reason: str = ""
    frames_per_second: float = 0.0
    frames: int = 0
    late: int = 0
    people: int = 0
    passages: int = 0
    exceptions: int = 0
    abstained: int = 0
    uplink: str = "starting"
    outbox_rows: int = 0
    delivered: int = 0
    "Events that a subscriber received, each counted once."
    url: str = ""
    "Of the staff board."

    @property
    def lost(self) -> int:
        """Exceptions that are neither delivered nor waiting in the outbox."""
        return max(0, self.exceptions - self.delivered - self.outbox_rows)


class Rising:
    """A counter of a process that may start anew at 0; the sum over all its lives."""

    def __init__(self) -> None:
        self.total = 0
        self._last = 0

    def see(self, value: int) -> int:
        """Take the counter's present value; returns the sum."""
        self.total += value - self._last if value >= self._last else value
        self._last = value
        return self.total


class Tally:
    """Reads the vitals and remembers what must not be forgotten when a process dies."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self._counters = {name: Rising() for name in COUNTERS}
        self._rows = 0
        self._url = ""

    def read(self, now_s: float, delivered: int) -> Figures:
        """The figures at `now_s` (monotonic)."""
        vision = read_vitals(self._runtime, "vision", now_s)
        uplink = read_vitals(self._runtime, "uplink", now_s)
        display = read_vitals(self._runtime, "display", now_s)
        counts = self._count(vision)
        self._rows = number(uplink, "outbox_rows", self._rows)
        self._url = str((display or {}).get("url", self._url))
        return Figures(
            vision=str((vision or {}).get("state", "silent")),
            reason=reason_of(vision),
            frames_per_second=float(number(vision, "frames_per_second", 0)),
            people=number(vision, "people", 0),
            uplink=str((uplink or {}).get("state", "silent")),
            outbox_rows=self._rows,
            delivered=delivered,
            url=self._url,
            **counts,
        )

    def _count(self, vision: Mapping[str, Any] | None) -> dict[str, int]:
        return {
            name: counter.see(number(vision, name, 0)) if vision else counter.total
            for name, counter in self._counters.items()
        }


def number(vitals: Mapping[str, Any] | None, key: str, otherwise: float) -> Any:
    """A figure out of `vitals`; `otherwise` when it is missing or no number."""
    value = (vitals or {}).get(key, otherwise)
    return value if isinstance(value, int | float) else otherwise


def reason_of(vitals: Mapping[str, Any] | None) -> str:
    """Why vision is not at its best: its reason, else the first part of it that is not ok."""
    if not vitals:
        return ""
    reasons: Iterable[Any] = (vitals.get(key) for key in ("reason", "camera", "inference", "calibrated"))
    return next((str(reason) for reason in reasons if reason and reason not in ("ok", True)), "")
