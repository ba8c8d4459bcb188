"""An outbox at the end where messages leave: what the drain and the report want of one, on disk or in memory."""

from __future__ import annotations

from typing import Protocol

from appliance.health.clock import Clock
from appliance.uplink.outbox import Row


class Outlet(Protocol):
    """See Outbox for the meaning."""

    openings: int

    @property
    def fault(self) -> str:
        """Why it refuses; '' while all is well."""

    def batch(self, limit: int, after: int = 0) -> list[Row]:
        """Rows with numbers above `after`, oldest first."""

    def delete(self, numbers: list[int]) -> bool:
        """Forget rows; False when that has to be asked for again."""

    def discard(self, numbers: list[int]) -> bool:
        """Drop rows that nobody shall have, and count them; False when that has to be asked for again."""

    def rows(self) -> int:
        """How many wait."""

    def dropped(self) -> int:
        """How many were lost."""

    def waiting_bytes(self) -> int:
        """Of the payloads that wait."""

    def oldest_age_s(self, clock: Clock) -> float | None:
        """Seconds that the oldest has waited; None where none waits, or nobody knows."""
