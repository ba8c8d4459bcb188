"""The account of an outbox: an event has arrived when it is deleted, once, and not before."""

from __future__ import annotations

from pathlib import Path

from appliance.health.clock import Clock
from appliance.simulation.accounted import Accounted
from appliance.simulation.memory_outbox import MemoryOutbox
from appliance.uplink.outbox import Outbox
from tests.uplink.builders import CLOCK


class FullDisk(MemoryOutbox):
    """Takes nothing and forgets nothing."""

    def add(self, kind: str, payload: bytes, clock: Clock | None = None) -> bool:
        return False

    def delete(self, numbers: object) -> bool:
        return False


def test_what_is_deleted_has_arrived() -> None:
    arrived: list[tuple[int, float]] = []
    account = Accounted(MemoryOutbox(), lambda row, born_s: arrived.append((row, born_s)))
    account.commit(b"a", 1.0, CLOCK)
    account.commit(b"b", 2.0, CLOCK)
    rows = account.batch(9)
    assert (account.waiting, arrived) == (2, [])
    account.delete([rows[1].number])
    assert (account.waiting, account.gone, arrived) == (1, 1, [(rows[1].number, 2.0)])


def test_what_the_store_refuses_was_never_made_and_never_arrives() -> None:
    account = Accounted(FullDisk(), lambda row, born_s: None)
    assert not account.commit(b"a", 1.0, CLOCK)
    assert not account.delete([1])
    assert (account.made, account.gone, account.waiting) == (0, 0, 0)


def test_what_lay_in_the_store_before_waits_too_but_has_no_birth(tmp_path: Path) -> None:
    file = tmp_path / "outbox.sqlite"
    first = Outbox(file)
    first.add("exception", b"old")
    first.close()
    arrived: list[float] = []
    account = Accounted(Outbox(file), lambda row, born_s: arrived.append(born_s))
    assert (account.found, account.waiting) == (1, 1)
    account.commit(b"new", 7.0, CLOCK)
    account.delete([row.number for row in account.batch(9)])
    assert (account.waiting, arrived) == (0, [7.0])
    account.store.close()
