"""How long releases stay: as the sign promises, with trends on, off or stopped by a fault; no clock hurries it."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.health.clock import Clock
from appliance.uplink.trends import shelf
from appliance.uplink.trends.days import SETTLE_S
from appliance.uplink.trends.history import DAYS, Day, read_days, write_days
from appliance.uplink.trends.keeping import LOOK_S, Keeping, let_go, warn_of_few_days
from appliance.uplink.trends.ledger import FILE
from appliance.uplink.trends.shelf import alone, clear, days_of
from tests.uplink.trends.builders import DAY, clock_at, next_day, noisy

TODAY = next_day(DAY)


class Booth:
    """Keeping on clocks that nobody waits for."""

    def __init__(self, folder: Path, reports_days: int = 30) -> None:
        folders = {"state": folder, "runtime": folder}
        retention = {"reports_days": reports_days}
        self.settings = Settings.model_validate({"folders": folders, "retention": retention})
        self.folder = folder / "trends"
        self.now_s, self.wall_s, self.synced = 500.0, clock_at(TODAY, 10).unix_s, True
        self.keeping = Keeping(self.settings, self.now_s)

    def put(self, *days_old: int) -> None:
        for days in days_old:
            shelf.put(self.folder, next_day(TODAY, -days).isoformat(), b"{}")

    def left(self) -> list[int]:
        """How old the releases are that are still there."""
        return [days for days in range(1000) if str(next_day(TODAY, -days)) in days_of(self.folder)]

    def wait(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s, self.wall_s = self.now_s + LOOK_S, self.wall_s + LOOK_S
            self.keeping.tend(self.now_s, lambda: Clock(self.wall_s, self.synced))
            for thread in threading.enumerate():
                if thread.name == "trends-keeping":
                    thread.join(10)


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    made = Booth(tmp_path)
    made.put(0, 29, 30, 31, 400)
    return made


def test_a_booth_that_releases_nothing_lets_old_releases_go(booth: Booth) -> None:
    """Its trends are off, or its ledger was touched."""
    (booth.folder / FILE).write_bytes(b"touched\n")
    booth.wait(SETTLE_S + LOOK_S)
    assert booth.left() == [0, 29, 30]
    assert (booth.folder / FILE).exists()
    booth.wait(48 * SETTLE_S)
    assert booth.left() == [0]


def test_what_was_set_aside_grows_old_too(booth: Booth) -> None:
    booth.folder.rename(booth.folder.with_name("trends.aside-1"))
    booth.wait(SETTLE_S + LOOK_S)
    assert len(days_of(booth.folder.with_name("trends.aside-1"))) == 3
    assert not booth.folder.exists()


def test_a_clock_that_is_wrong_for_an_hour_empties_no_shelf(booth: Booth) -> None:
    for _ in range(3):
        booth.wall_s += 900 * 86_400
        booth.wait(SETTLE_S / 2)
        booth.wall_s -= 900 * 86_400
        booth.wait(SETTLE_S / 2)
    assert len(booth.left()) == 5
    booth.synced = False
    booth.wait(SETTLE_S + LOOK_S)
    assert len(booth.left()) == 5, "no network has confirmed it since"


def test_a_network_that_is_away_keeps_nothing_for_longer(booth: Booth) -> None:
    booth.wait(LOOK_S)
    booth.synced = False
    booth.wait(SETTLE_S + LOOK_S)
    assert booth.left() == [0, 29, 30]


def test_a_release_that_is_under_way_is_not_disturbed(booth: Booth, caplog: pytest.LogCaptureFixture) -> None:
    (booth.folder / ".2026-11-25.json.77.part").write_bytes(b"being written")
    with alone(booth.folder):
        booth.wait(3 * SETTLE_S)
        assert len(booth.left()) == 5
        assert caplog.text.count("old releases stay") == 1
        assert (booth.folder / ".2026-11-25.json.77.part").exists()
    booth.wait(SETTLE_S)
    assert booth.left() == [0, 29, 30]


def test_comparisons_grow_old_too(tmp_path: Path) -> None:
    known = [Day(TODAY - timedelta(days), "basis", noisy(300)) for days in (0, 9, 10, 11, DAYS + 1)]
    write_days(tmp_path, known)
    let_go(tmp_path, TODAY, 400)
    assert len(read_days(tmp_path)) == 4
    let_go(tmp_path, TODAY, 10)
    assert len(read_days(tmp_path)) == 3
    let_go(tmp_path, next_day(TODAY, 90), 400)
    assert read_days(tmp_path) == []


@pytest.mark.parametrize(("days", "said"), [(1, True), (6, True), (7, False), (730, False)])
def test_a_promise_too_short_for_comparisons_is_said_in_one_line(
    days: int, said: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        warn_of_few_days(Booth(tmp_path, days).settings)
    assert len(caplog.records) == said
    assert not said or f"retention.reports_days: {days}: novelty, risers and fallers" in caplog.text


def test_old_releases_go_and_young_ones_stay(tmp_path: Path) -> None:
    for days in (0, 399, 400, 401, 900):
        shelf.put(tmp_path, next_day(TODAY, -days).isoformat(), b"{}")
    (tmp_path / ".2026-11-25.json.77.part").write_bytes(b"torn")
    (tmp_path / "usual.json").write_bytes(b"{}")
    clear(tmp_path, TODAY, 400)
    assert days_of(tmp_path) == [next_day(TODAY, -days).isoformat() for days in (400, 399, 0)]
    clear(tmp_path, TODAY, 9999)
    assert len(days_of(tmp_path)) == 3
    clear(tmp_path, TODAY, 30)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{TODAY}.json", "usual.json"]
