"""Days and the day book: local days, clocks that are not set, leap or go back, and processes that are killed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.health.clock import Clock
from appliance.uplink.trends import daybook
from appliance.uplink.trends.daybook import EVERY_S, FILE, MOST_OVER, MOST_WAIT_S, DayBook
from appliance.uplink.trends.days import SETTLE_S, Trust, local_day, zone_of
from tests.uplink.trends.builders import DARK, DAY, JEANS, next_day

H = 3600.0
ZONES = ("America/New_York", "America/Toronto", "Europe/Stockholm", "Europe/Madrid", "UTC", "Asia/Kathmandu")


def zoned(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, LookupError):
        pytest.skip("there is no tz database; it needs the package tzdata")


def unix(year: int, month: int, day: int, hour: float = 0, zone: str = "UTC") -> float:
    return datetime(year, month, day, tzinfo=zoned(zone)).timestamp() + hour * H


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("America/New_York", (2026, 11, 1), 25),
        ("America/New_York", (2027, 3, 14), 23),
        ("Europe/Stockholm", (2026, 10, 25), 25),
        ("Europe/Madrid", (2027, 3, 28), 23),
        ("Europe/Madrid", (2026, 11, 25), 24),
        ("Asia/Kathmandu", (2026, 11, 25), 24),
    ],
)
def test_a_day_runs_from_midnight_to_midnight_of_the_street(
    zone: str, first: tuple[int, int, int], hours: int
) -> None:
    begins, day = unix(*first, zone=zone), date(*first)
    assert local_day(begins - 1, zoned(zone)) == next_day(day, -1)
    assert local_day(begins, zoned(zone)) == day
    assert local_day(begins + hours * H - 1, zoned(zone)) == day
    assert local_day(begins + hours * H, zoned(zone)) == next_day(day)


def test_a_booth_that_is_switched_off_at_night_closes_its_day_before() -> None:
    zone = zoned("Europe/Madrid")
    evening = unix(2026, 11, 25, 21.5, "Europe/Madrid")
    assert local_day(evening - 1, zone, 21.5) == DAY
    assert local_day(evening, zone, 21.5) == next_day(DAY)
    assert local_day(unix(2026, 11, 25, 3, "Europe/Madrid"), zone, 21.5) == DAY


@given(st.floats(1.77e9, 2.5e9), st.floats(0, 86_400), st.sampled_from(ZONES), st.floats(0.5, 24))
def test_days_never_fall_while_time_runs(unix_s: float, more_s: float, name: str, ends_at_h: float) -> None:
    zone = zoned(name)
    before, after = local_day(unix_s, zone, ends_at_h), local_day(unix_s + more_s, zone, ends_at_h)
    # The hour that an autumn night has twice may hold the end of a day twice; the day book keeps to the later day.
    assert after - before in (timedelta(), timedelta(days=1)) or ends_at_h < 3.5


def test_an_unknown_zone_is_utc() -> None:
    assert zone_of("Nowhere/At_All") is timezone.utc
    assert zone_of("../../etc/passwd") is timezone.utc


def test_a_clock_that_leaps_is_not_believed_for_an_hour() -> None:
    trust, wall = Trust(), 1.8e9
    assert trust.believes(Clock(wall, synced=True), 0)
    assert trust.believes(Clock(wall + 5, synced=True), 5)
    assert not trust.believes(Clock(wall + 1e7, synced=True), 6)
    assert not trust.believes(Clock(wall + 7, synced=True), 7)
    assert not trust.believes(Clock(wall + SETTLE_S, synced=True), SETTLE_S)
    assert trust.believes(Clock(wall + SETTLE_S + 8, synced=True), SETTLE_S + 8)


def test_a_clock_that_no_network_confirms_is_believed_as_long_as_nobody_sets_it() -> None:
    trust, wall = Trust(), 1.8e9
    assert not trust.believes(Clock(wall, synced=False), 0)
    assert trust.believes(Clock(wall + 1, synced=True), 1)
    assert trust.believes(Clock(wall + 90 * H, synced=False), 90 * H)
    assert not trust.believes(Clock(wall + 92 * H, synced=False), 91 * H)
    assert trust.believes(Clock(wall + 92 * H + 5, synced=False), 92 * H)


def test_a_leap_is_not_believed_before_a_network_confirms_that_it_has_settled() -> None:
    trust, wall = Trust(), 1.8e9
    trust.believes(Clock(wall, synced=True), 0)
    assert not trust.believes(Clock(wall + 1e7, synced=True), 1)
    assert not trust.believes(Clock(wall + 1e7 + 9 * H, synced=False), 9 * H)
    assert trust.believes(Clock(wall + 1e7 + 10 * H, synced=True), 10 * H)


class Booth:
    """A day book, its clocks, and the process that can be killed and started again."""

    def __init__(self, folder: Path, ends_at_h: float = 24.0) -> None:
        self.folder, self.ends_at_h = folder, ends_at_h
        self.now_s, self.wall_s, self.synced = 1000.0, unix(2026, 11, 25, 10), True
        self.start()

    def start(self) -> None:
        self.book = DayBook(self.folder, timezone.utc, self.ends_at_h, self.now_s)

    def wait(self, seconds: float, step_s: float = 600.0) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            step = min(step_s, until_s - self.now_s)
            self.now_s, self.wall_s = self.now_s + step, self.wall_s + step
            self.look()

    def look(self) -> None:
        self.book.turn(Clock(self.wall_s, self.synced), self.now_s)

    def pass_by(self, people: int) -> None:
        self.book.add([DARK] * people)

    def close(self) -> tuple[date | None, int] | None:
        """The next day that is over, as (day, passages)."""
        tally = self.book.over()
        if tally is None:
            return None
        self.book.done(tally, self.now_s)
        return tally.day, tally.passages


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    made = Booth(tmp_path)
    made.look()
    return made


def test_each_day_is_given_out_once_when_it_is_over(booth: Booth) -> None:
    booth.pass_by(3)
    booth.wait(13 * H)
    assert booth.book.over() is None
    booth.wait(2 * H)
    booth.pass_by(5)
    assert booth.close() == (DAY, 3)
    assert booth.close() is None
    booth.wait(24 * H)
    assert booth.close() == (next_day(DAY), 5)


def test_a_process_that_is_killed_loses_a_minute_at_the_most(booth: Booth) -> None:
    booth.pass_by(3)
    booth.wait(EVERY_S + 1, 1)
    booth.pass_by(2)
    booth.start()
    booth.look()
    booth.pass_by(1)
    booth.wait(15 * H)
    booth.start()
    booth.start()
    assert booth.close() == (DAY, 4)
    booth.start()
    assert booth.close() is None


def test_the_file_holds_counts_and_is_its_owners(booth: Booth, tmp_path: Path) -> None:
    booth.book.add([DARK, JEANS])
    booth.book.save(booth.now_s)
    file = tmp_path / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    values = json.loads(file.read_text())
    assert set(values) == {"boot", "tallies", "since_s", "offset_s", "doubt_until_s", "closed"}
    assert set(values["tallies"][0]) == {"schema", "codebook", "day", "passages", "counts"}
    assert values["tallies"][0]["passages"] == 2


def test_counts_wait_for_a_clock_and_are_of_the_day_on_which_they_began(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    booth.synced = False
    booth.look()
    booth.pass_by(4)
    booth.wait(2 * H)
    assert booth.book.today is None
    booth.start()
    booth.synced = True
    booth.look()
    assert booth.book.today == DAY
    booth.pass_by(1)
    booth.wait(24 * H)
    assert booth.close() == (DAY, 5)


def test_counts_from_before_midnight_that_no_clock_named_are_nobodys(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    booth.synced = False
    booth.look()
    booth.pass_by(4)
    booth.wait(15 * H)
    booth.synced = True
    booth.look()
    booth.wait(24 * H)
    assert booth.close() == (next_day(DAY), 0)


def test_counts_do_not_wait_for_ever(tmp_path: Path) -> None:
    booth = Booth(tmp_path)
    booth.synced = False
    booth.pass_by(4)
    booth.wait(MOST_WAIT_S + 700)
    booth.pass_by(2)
    booth.wait(60)
    booth.synced = True
    booth.look()
    booth.wait(24 * H)
    assert booth.close() == (next_day(DAY), 2)


def test_a_clock_that_goes_back_begins_no_day_again(booth: Booth) -> None:
    booth.wait(15 * H)
    booth.pass_by(2)
    assert booth.close() == (DAY, 0)
    booth.wall_s -= 30 * H
    booth.wait(2 * SETTLE_S)
    booth.pass_by(3)
    assert booth.book.today == next_day(DAY)
    assert booth.close() is None
    booth.wait(60 * H)
    # Open for 54 hours, it holds several days, and is nobody's.
    assert booth.close() is None
    booth.pass_by(4)
    booth.wait(24 * H)
    assert booth.close() == (next_day(DAY, 2), 4)


def test_days_without_a_network_are_closed_one_by_one(booth: Booth) -> None:
    """From Friday evening to Monday, say: the kernel takes its word back nine hours after the last answer."""
    booth.wait(9 * H)
    booth.synced = False
    for number in range(3):
        booth.pass_by(10 + number)
        booth.wait(24 * H)
    booth.start()
    booth.synced = True
    booth.look()
    assert [booth.close() for _ in range(4)] == [*((next_day(DAY, n), 10 + n) for n in range(3)), None]
    assert booth.book.today == next_day(DAY, 3)


def test_what_was_open_for_days_is_no_day(booth: Booth) -> None:
    """The clock was set while no network could confirm it, so nobody knew of midnights."""
    booth.pass_by(3)
    booth.synced = False
    booth.wall_s += 2 * H
    booth.wait(60 * H)
    booth.pass_by(5)
    booth.synced = True
    booth.wait(2 * SETTLE_S)
    assert booth.close() is None
    booth.pass_by(7)
    booth.wait(24 * H)
    assert booth.close() == (next_day(DAY, 3), 7)


def test_a_clock_that_leaps_ahead_for_a_moment_ends_no_day(booth: Booth) -> None:
    booth.pass_by(2)
    booth.wall_s += 1000 * 24 * H
    booth.wait(1800, 1)
    booth.wall_s -= 1000 * 24 * H
    booth.wait(2 * SETTLE_S)
    assert (booth.book.today, booth.book.over()) == (DAY, None)


def test_a_doubt_outlives_the_process(booth: Booth) -> None:
    booth.pass_by(2)
    booth.wall_s += 1000 * 24 * H
    booth.wait(120, 10)
    booth.start()
    booth.wait(1800, 10)
    assert (booth.book.today, booth.book.over()) == (DAY, None)
    booth.wait(SETTLE_S)
    assert booth.close() == (DAY, 2)


def test_a_clock_that_was_wrong_for_a_day_is_forgiven(booth: Booth) -> None:
    booth.pass_by(2)
    booth.wall_s += 1000 * 24 * H
    booth.wait(2 * SETTLE_S)
    assert booth.close() == (DAY, 2)
    booth.pass_by(7)
    booth.wall_s -= 1000 * 24 * H
    booth.wait(2 * SETTLE_S)
    assert booth.book.today == next_day(DAY)
    booth.wait(48 * H)
    # That day has 37 hours, some of the day before: it is left out, and the next one is a day again.
    assert booth.close() is None
    booth.pass_by(9)
    booth.wait(24 * H)
    assert booth.close() == (next_day(DAY, 2), 9)


def test_days_that_no_disk_takes_are_few(booth: Booth) -> None:
    for number in range(MOST_OVER + 3):
        booth.pass_by(number)
        booth.wait(24 * H)
    days = [booth.close() for _ in range(MOST_OVER)]
    assert days == [(next_day(DAY, number), number) for number in range(3, MOST_OVER + 3)]
    assert booth.close() is None


def spoil(file: Path, how: str) -> None:
    content = file.read_bytes()
    changes: dict[str, Callable[[], object]] = {
        "torn": lambda: file.write_bytes(content[: len(content) // 2]),
        "empty": lambda: file.write_bytes(b""),
        "null": lambda: file.write_bytes(b"null"),
        "deep": lambda: file.write_bytes(b"[" * 60_000),
        "other": lambda: file.write_bytes(content.replace(b"styles-1", b"styles-2")),
        "untrue": lambda: file.write_bytes(content.replace(b'"passages":9', b'"passages":8')),
        "link": lambda: file.with_name("there").symlink_to(file.rename(file.with_name("elsewhere"))),
        "folder": lambda: file.rename(file.with_name("elsewhere")).with_name(FILE).mkdir(),
    }
    changes[how]()
    if how == "link":
        file.with_name("there").rename(file)


@pytest.mark.parametrize("how", ["torn", "empty", "null", "deep", "other", "untrue", "link", "folder"])
def test_a_file_that_is_no_day_book_is_passed_over(booth: Booth, how: str) -> None:
    booth.pass_by(9)
    booth.book.save(booth.now_s)
    spoil(booth.folder / FILE, how)
    booth.start()
    booth.pass_by(1)
    booth.look()
    booth.wait(15 * H)
    assert booth.close() == (DAY, 1)


def test_a_file_of_another_boot_is_passed_over(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a runtime folder that is no tmpfs: its monotonic times mean nothing."""
    booth.pass_by(9)
    booth.book.save(booth.now_s)
    (booth.folder / "boot_id").write_text("0badcafe\n")
    monkeypatch.setattr(daybook, "BOOT", booth.folder / "boot_id")
    booth.start()
    booth.look()
    booth.wait(15 * H)
    assert booth.close() == (DAY, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_passed_over(booth: Booth) -> None:
    booth.pass_by(9)
    booth.book.save(booth.now_s)
    os.chown(booth.folder / FILE, 12345, 12345)
    booth.start()
    booth.look()
    booth.wait(15 * H)
    assert booth.close() == (DAY, 0)


def test_a_runtime_folder_that_refuses_costs_nothing_while_the_process_lives(booth: Booth) -> None:
    shutil.rmtree(booth.folder)
    booth.pass_by(9)
    booth.wait(15 * H)
    assert booth.close() == (DAY, 9)
