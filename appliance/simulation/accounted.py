"""An outbox with an account: it passes everything on and says which event the broker has, and since when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from appliance.health.clock import Clock
from appliance.uplink.outbox import Row
from appliance.uplink.outlet import Outlet


class Store(Outlet, Protocol):
    """An outbox at both its ends."""

    def add(self, kind: str, payload: bytes, clock: Clock | None = None) -> bool:
        """Keep one message; False when that is refused."""

    def close(self) -> None:
        """Let go of it."""


class Accounted:
    """Owner of `store`. `arrived` is told of each event that is deleted: its row and when it was committed.

    Events from before, which a store on disk may hold, are sent and counted in `found` but have no such time.
    """

    def __init__(self, store: Store, arrived: Callable[[int, float], None]) -> None:
        self.store = store
        self.openings = store.openings
        self.found = store.rows()
        self.made = 0
        self.gone = 0
        "Deleted: safe with the broker."
        self._arrived = arrived
        self._born_s: dict[bytes, float] = {}
        self._payloads: dict[int, bytes] = {}

    @property
    def fault(self) -> str:
        """Of the store."""
        return self.store.fault

    @property
    def waiting(self) -> int:
        """Messages that are not yet safe, without asking a disk."""
        return self.found + self.made - self.gone

    def commit(self, payload: bytes, now_s: float, clock: Clock) -> bool:
        """Keep one exception of this moment, on both clocks; False when the store refuses it."""
        kept = self.store.add("exception", payload, clock)
        if kept:
            self.made += 1
            self._born_s[payload] = now_s
        return kept

    def batch(self, limit: int, after: int = 0) -> list[Row]:
        """Of the store."""
        rows = self.store.batch(limit, after)
        self.openings = self.store.openings
        self._payloads.update((row.number, row.payload) for row in rows)
        return rows

    def delete(self, numbers: Iterable[int]) -> bool:
        """Of the store; what it deletes has arrived."""
        doomed = list(numbers)
        if not self.store.delete(doomed):
            return False
        for number in doomed:
            born_s = self._born_s.pop(self._payloads.pop(number, b""), None)
            self.gone += 1
            if born_s is not None:
                self._arrived(number, born_s)
        return True

    def discard(self, numbers: Iterable[int]) -> bool:
        """Of the store: no booth of a simulation makes what nobody shall have, but a store may hold it from before."""
        doomed = list(numbers)
        self.gone += len(doomed)
        return self.store.discard(doomed)

    def rows(self) -> int:
        """Of the store."""
        return self.store.rows()

    def waiting_bytes(self) -> int:
        """Of the store."""
        return self.store.waiting_bytes()

    def oldest_age_s(self, clock: Clock) -> float | None:
        """Of the store."""
        return self.store.oldest_age_s(clock)

    def dropped(self) -> int:
        """Of the store."""
        return self.store.dropped()
