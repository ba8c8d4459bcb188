"""The outbox in memory: it keeps the order and what is not deleted, as the one on disk does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.health.clock import Clock
from appliance.simulation.memory_outbox import MemoryOutbox
from tests.uplink.builders import CLOCK


@given(st.integers(0, 9), st.lists(st.integers(0, 9)), st.integers(0, 9), st.integers(0, 9))
def test_it_gives_what_is_left_in_order(count: int, doomed: list[int], limit: int, after: int) -> None:
    outbox = MemoryOutbox()
    for number in range(count):
        assert outbox.add("exception", bytes([number]))
    assert outbox.delete(doomed)
    left = [number for number in range(1, count + 1) if number not in doomed]
    assert outbox.rows() == len(left)
    assert [row.number for row in outbox.batch(limit, after)] == [n for n in left if n > after][:limit]


def test_a_number_never_comes_again() -> None:
    outbox = MemoryOutbox()
    outbox.add("exception", b"a")
    outbox.delete([1])
    outbox.add("exception", b"b")
    assert [row.number for row in outbox.batch(9)] == [2]


def test_it_tells_how_much_waits_and_how_old_it_is() -> None:
    outbox = MemoryOutbox()
    assert (outbox.waiting_bytes(), outbox.oldest_age_s(CLOCK)) == (0, None)
    outbox.add("exception", b"four", CLOCK)
    outbox.add("exception", b"three", Clock(CLOCK.unix_s + 10, synced=True))
    later = Clock(CLOCK.unix_s + 15, synced=True)
    assert (outbox.waiting_bytes(), outbox.oldest_age_s(later)) == (9, 15.0)
    outbox.delete([1])
    assert (outbox.waiting_bytes(), outbox.oldest_age_s(later)) == (5, 5.0)
