"""What a process has to note: values of a kind in when they change; lines of the logbook out once a disk takes them.

A disk that refuses stops nobody: the newest value of each kind waits in memory, and is tried once a minute.
"""

from __future__ import annotations

from pathlib import Path

from appliance.logbook.book import record
from appliance.logbook.entry import By, Kind

RETRY_S = 60.0
DAY_S = 86_400.0
"A street that is learned gives a new bank every few minutes; one line a day tells how it went."


class Notes:
    """Owner of what one process has still to note. Times are monotonic seconds."""

    def __init__(self, state: Path, by: By) -> None:
        self._state, self._by = state, by
        self._waiting: dict[Kind, str] = {}
        self._due_s: dict[Kind, float] = {}

    def note(self, kind: Kind, value: str) -> None:
        """`kind` is `value` from now on; written by the next tend()."""
        self._waiting[kind] = value

    def tend(self, now_s: float) -> None:
        """Write what waits and is due. Never raises OSError."""
        for kind in [kind for kind in self._waiting if now_s >= self._due_s.get(kind, now_s)]:
            if record(self._state, self._by, kind, self._waiting[kind]):
                del self._waiting[kind]
                self._due_s[kind] = now_s + (DAY_S if kind == "bank" else 0.0)
            else:
                self._due_s[kind] = now_s + RETRY_S
