"""An outbox without a disk, for simulated booths: messages go in, the oldest come out; they die with the process."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from appliance.health.clock import Clock
from appliance.uplink.outbox import Row


class MemoryOutbox:
    """As Outbox, for the drain: rows in the order of add(), kept until deleted, without a bound."""

    def __init__(self) -> None:
        self.openings = 1
        self._rows: dict[int, Row] = {}
        self._born_s: dict[int, float] = {}
        "Row -> seconds since 1970."
        self._number = 0
        self._lost = 0

    @property
    def fault(self) -> str:
        """Memory never refuses."""
        return ""

    def add(self, kind: str, payload: bytes, clock: Clock | None = None) -> bool:
        """Keep one message behind all others; it ages from `clock`."""
        self._number += 1
        if clock is not None:
            self._born_s[self._number] = clock.unix_s
        self._rows[self._number] = Row(self._number, kind, payload)
        return True

    def batch(self, limit: int, after: int = 0) -> list[Row]:
        """At most `limit` rows with numbers above `after`, oldest first."""
        return list(islice((row for row in self._rows.values() if row.number > after), limit))

    def delete(self, numbers: Iterable[int]) -> bool:
        """Forget rows; numbers without a row are fine."""
        for number in numbers:
            self._rows.pop(number, None)
            self._born_s.pop(number, None)
        return True

    def discard(self, numbers: Iterable[int]) -> bool:
        """Drop rows that nobody shall have."""
        before = len(self._rows)
        self.delete(numbers)
        self._lost += before - len(self._rows)
        return True

    def rows(self) -> int:
        """Messages that wait."""
        return len(self._rows)

    def waiting_bytes(self) -> int:
        """Bytes of their payloads."""
        return sum(len(row.payload) for row in self._rows.values())

    def oldest_age_s(self, clock: Clock) -> float | None:
        """Age of the oldest message that waits; None where there is none."""
        oldest = next(iter(self._born_s.values()), None)
        return None if oldest is None else max(0.0, clock.unix_s - oldest)

    def dropped(self) -> int:
        """None but those that nobody should have."""
        return self._lost

    def close(self) -> None:
        """Nothing to let go of."""
