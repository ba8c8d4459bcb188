"""What a ledger says: its lines in; which days are spent, what is open, and the id of the next release out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from appliance.uplink.trends.line import Line


@dataclass(frozen=True)
class Account:
    """What the ledger says. `lines` is never empty."""

    lines: tuple[Line, ...]
    torn: int = 0
    "Bytes after the last whole line."

    @property
    def head(self) -> Line:
        """The last line."""
        return self.lines[-1]

    @property
    def last_day(self) -> date:
        """Days up to this one are spent, or were before the ledger was."""
        return date.fromisoformat(self.head.day)

    @property
    def open_line(self) -> Line | None:
        """The line of a day that was spent and of which nobody has said what became of it."""
        step = next(line for line in reversed(self.lines) if line.kind != "torn")
        return step if step.kind == "spend" else None

    @property
    def releases(self) -> int:
        """How many there were: the number of the last one."""
        return sum(line.kind == "release" for line in self.lines)

    def next_in_run(self, spent: Line) -> str:
        """RUN-NUMBER for the id of the release that `spent`, the line behind all of these, pays for.

        A run is days on end, named by the hash of the line that spent its first; its releases are 1, 2, 3. A backup
        that is put back lacks a day that was told, so its next day begins a run, and no id comes twice.
        """
        first, number, day = spent, 1, date.fromisoformat(spent.day)
        for line in reversed(self.lines):
            if date.fromisoformat(line.day) < day - timedelta(days=1):
                break
            if line.kind == "spend":
                first, day = line, date.fromisoformat(line.day)
            number += line.kind == "release"
        return f"{first.hash[:8]}-{number}"
