"""The bounds: rows, bytes and age; the oldest go first, counted; no leap of the clock makes a fresh row old."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Uplink
from appliance.health.clock import Clock
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_age import LEAP_S, SETTLED_S, ClockTrust
from appliance.uplink.outbox_bounds import DAY_S, MOST_AT_ONCE, Bounds, bounds_from_settings
from tests.uplink.crash.old import old_outbox

NOW_S = 1_795_366_860.0
"A whole minute, as rows are stamped."
IN_2099_S = 4_080_000_000.0
MONTH = Bounds(age_s=30 * DAY_S)


def trusted(unix_s: float) -> Clock:
    return Clock(unix_s, synced=True)


def untrusted(unix_s: float) -> Clock:
    return Clock(unix_s, synced=False)


def contents(outbox: Outbox) -> list[bytes]:
    return [row.payload for row in outbox.batch(10_000)]


def settle(outbox: Outbox, unix_s: float) -> None:
    """Let the clock run on to `unix_s` for as long as it takes to be believed in."""
    outbox.tend(trusted(unix_s - SETTLED_S))
    outbox.tend(trusted(unix_s))


def make(folder: Path, bounds: Bounds = MONTH) -> Outbox:
    return Outbox(folder / "outbox.sqlite", bounds)


def test_bounds_are_those_that_are_set() -> None:
    up = Uplink(outbox_rows=12, outbox_mb=1.5, outbox_days=0.5)
    assert bounds_from_settings(up) == Bounds(12, 1_500_000, 43_200)
    assert bounds_from_settings(Uplink()) == Bounds()


@given(sizes=st.lists(st.integers(0, 60), max_size=30), most=st.integers(1, 100))
def test_bytes_are_bounded_and_the_oldest_go(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], most: int
) -> None:
    outbox = make(tmp_path_factory.mktemp("bytes"), Bounds(payload_bytes=most))
    for number, size in enumerate(sizes):
        assert outbox.add("exception", bytes([number]) * size)
    found = [len(payload) for payload in contents(outbox)]
    fits = next(kept for kept in range(len(sizes) + 1) if sum(sizes[kept:]) <= most or kept >= len(sizes) - 1)
    assert found == sizes[fits:]
    assert (outbox.rows(), outbox.waiting_bytes()) == (len(found), sum(found))
    assert outbox.dropped() == fits
    outbox.close()


def test_smaller_bounds_are_reached_in_steps(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    outbox.add("exception", b"0")
    assert outbox._opened is not None
    insert = "INSERT INTO messages (kind, payload, crc) SELECT kind, payload, crc FROM messages"
    for _ in range(11):
        outbox._opened.base.execute(insert)
    outbox.close()
    outbox = make(tmp_path, Bounds(rows=10))
    assert outbox.tend(untrusted(0))
    assert outbox.rows() == 2048 - MOST_AT_ONCE
    outbox.tend(untrusted(0))
    outbox.add("exception", b"1")
    assert (outbox.rows(), outbox.dropped()) == (10, 2039)
    assert contents(outbox)[-1] == b"1"


def test_rows_go_when_they_are_too_old(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    outbox.add("exception", b"old", trusted(NOW_S))
    outbox.add("exception", b"young", trusted(NOW_S + DAY_S))
    outbox.close()
    outbox = make(tmp_path)
    settle(outbox, NOW_S + 30 * DAY_S - 1)
    assert contents(outbox) == [b"old", b"young"]
    outbox.add("exception", b"new", trusted(NOW_S + 30 * DAY_S))
    assert (contents(outbox), outbox.dropped()) == ([b"young", b"new"], 1)
    outbox.tend(trusted(NOW_S + 31 * DAY_S - 1))
    assert contents(outbox) == [b"young", b"new"]
    outbox.tend(trusted(NOW_S + 31 * DAY_S))
    assert (contents(outbox), outbox.dropped()) == ([b"new"], 2)


def test_rows_of_an_untrusted_clock_age_from_the_first_trusted_one(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    for unix_s in (0, 5, IN_2099_S):
        outbox.add("exception", b"%d" % unix_s, untrusted(unix_s))
    outbox.add("exception", b"of no clock")
    assert outbox.oldest_age_s(trusted(NOW_S)) is None
    outbox.close()
    outbox = make(tmp_path)
    settle(outbox, NOW_S)
    assert outbox.oldest_age_s(trusted(NOW_S + 60)) == SETTLED_S + 60
    settle(outbox, NOW_S - SETTLED_S + 30 * DAY_S - 1)
    assert outbox.rows() == 4
    settle(outbox, NOW_S + 30 * DAY_S)
    assert (outbox.rows(), outbox.dropped()) == (0, 4)


def test_a_leap_of_an_untrusted_clock_drops_nothing(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    outbox.add("exception", b"a", trusted(NOW_S))
    for hour in range(50):
        outbox.tend(untrusted(IN_2099_S + 3600 * hour))
        outbox.tend(untrusted(3600.0 * hour))
    assert (contents(outbox), outbox.dropped()) == ([b"a"], 0)


def test_a_leap_of_a_trusted_clock_there_and_back_drops_nothing(tmp_path: Path) -> None:
    """And what was added meanwhile does not stay until 2099."""
    outbox = make(tmp_path)
    outbox.add("exception", b"before", trusted(NOW_S))
    settle(outbox, NOW_S + SETTLED_S)
    for minute in range(50):
        outbox.add("exception", b"in 2099", trusted(IN_2099_S + 60 * minute))
    settle(outbox, NOW_S + 4 * SETTLED_S)
    assert (outbox.rows(), outbox.dropped()) == (51, 0)
    for day in range(62):
        settle(outbox, NOW_S + day * DAY_S)
    assert (outbox.rows(), outbox.dropped()) == (0, 51)


def test_rows_stamped_by_a_clock_that_woke_in_the_future_are_stamped_anew(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    outbox.add("exception", b"a", trusted(IN_2099_S))
    outbox.close()
    outbox = make(tmp_path)
    settle(outbox, NOW_S)
    assert outbox.oldest_age_s(trusted(NOW_S + 1)) == 1
    settle(outbox, NOW_S + 30 * DAY_S)
    assert (outbox.rows(), outbox.dropped()) == (0, 1)


READINGS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, NOW_S - 9e6, NOW_S + 9e6, IN_2099_S]) | st.none()),
    max_size=40,
)


@given(readings=READINGS)
def test_whatever_the_clock_does_within_an_hour_no_fresh_row_is_too_old(
    readings: list[tuple[bool, float | None]],
) -> None:
    """One minute passes between two readings; each is of the true clock or of a wrong one."""
    trust = ClockTrust()
    for minute, (synced, wrong_s) in enumerate(readings):
        true_s = NOW_S + 60 * minute
        age = trust.age(Clock(true_s if wrong_s is None else wrong_s + 60 * minute, synced))
        assert age.drop_s is None
        assert age.stamp_s is None or synced


def test_a_clock_is_settled_after_an_hour_without_a_leap() -> None:
    trust = ClockTrust()
    assert trust.age(trusted(NOW_S)) == (int(NOW_S), None)
    assert trust.age(trusted(NOW_S + SETTLED_S)).drop_s
    assert trust.age(trusted(NOW_S + SETTLED_S + LEAP_S + 1)) == (None, None)
    assert trust.age(trusted(NOW_S + 2 * SETTLED_S + LEAP_S + 1)).drop_s
    assert trust.age(None) == (None, None)
    assert trust.age(trusted(NOW_S + 3 * SETTLED_S + LEAP_S)).drop_s is None


def test_the_age_of_an_empty_outbox_and_by_an_untrusted_clock_is_unknown(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    assert outbox.oldest_age_s(trusted(NOW_S)) is None
    outbox.add("exception", b"a", trusted(NOW_S))
    assert outbox.oldest_age_s(untrusted(NOW_S + 9)) is None
    assert outbox.oldest_age_s(trusted(NOW_S + 9)) == pytest.approx(9, abs=1)
    assert outbox.oldest_age_s(trusted(NOW_S - 9)) == 0


def test_tending_where_nothing_is_to_be_done_writes_nothing(tmp_path: Path) -> None:
    outbox = make(tmp_path)
    outbox.add("exception", b"a", trusted(NOW_S))
    settle(outbox, NOW_S)
    log = tmp_path / "outbox.sqlite-wal"
    size = log.stat().st_size
    for minute in range(99):
        assert outbox.tend(trusted(NOW_S + 60 * minute))
    assert log.stat().st_size == size


def test_an_outbox_of_version_1_is_migrated_without_a_loss(tmp_path: Path) -> None:
    payloads = [b"%d" % number for number in range(500)]
    numbers = old_outbox(tmp_path / "outbox.sqlite", payloads, dropped=7)
    outbox = make(tmp_path)
    assert [(row.number, row.payload) for row in outbox.batch(999)] == list(
        zip(numbers, payloads, strict=True)
    )
    assert (outbox.rows(), outbox.waiting_bytes(), outbox.dropped()) == (500, sum(map(len, payloads)), 7)
    assert outbox.oldest_age_s(trusted(NOW_S)) is None
    assert outbox.add("exception", b"new", trusted(NOW_S))
    assert outbox.batch(1, after=numbers[-1])[0].payload == b"new"
    assert outbox.oldest_age_s(trusted(NOW_S)) == 0
    assert [path.name for path in tmp_path.glob("*corrupt*")] == []


def test_numbers_that_an_emptied_outbox_of_version_1_used_do_not_come_back(tmp_path: Path) -> None:
    file = tmp_path / "outbox.sqlite"
    last = old_outbox(file, [b"a", b"b"])[-1]
    with contextlib.closing(sqlite3.connect(file)) as base, base:
        base.execute("DELETE FROM messages")
    outbox = make(tmp_path)
    outbox.add("exception", b"c")
    assert outbox.batch(1)[0].number > last
