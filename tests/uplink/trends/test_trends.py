"""The trends beside the loop of frames: a day after the other, a state for every failure, and the loop never waits."""

from __future__ import annotations

import json
import threading
from datetime import timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.outbox import Outbox
from appliance.uplink.trends import days
from appliance.uplink.trends import trends as module
from appliance.uplink.trends.ledger import FILE, read_account
from appliance.uplink.trends.press import Press
from appliance.uplink.trends.trends import NO_CLOCK, RETRY_S, UNCONFIRMED, Trends
from appliance.uplink.wording import MOST_TEXT
from tests.uplink.trends.builders import DARK, DAY, clock_at, next_day

H = 3600.0


class Booth:
    """Trends on clocks that nobody waits for."""

    def __init__(self, folder: Path, **trends: Any) -> None:
        folders = {"state": folder / "state", "runtime": folder / "run"}
        for path in folders.values():
            path.mkdir(parents=True, exist_ok=True)
        self.settings = Settings.model_validate({"folders": folders, "trends": trends})
        self.state = folder / "state"
        self.now_s, self.wall_s, self.synced = 500.0, clock_at(DAY, 10, timezone.utc).unix_s, True
        self.noted: list[str] = []
        self.start()

    def start(self) -> None:
        self.trends = Trends(self.settings, "abcdef012345", lambda: self.noted, self.now_s)

    def look(self, hours: float = 0.0) -> str:
        """Time passes in leaps of ten minutes; whatever the thread has to do is done at once."""
        until_s = self.now_s + hours * H
        while True:
            self.trends.tend(self.now_s, lambda: Clock(self.wall_s, self.synced))
            self.settle()
            if self.now_s >= until_s:
                return self.trends.state
            self.now_s, self.wall_s = self.now_s + 600, self.wall_s + 600

    def settle(self) -> None:
        for thread in threading.enumerate():
            if thread.name == "trends":
                thread.join(10)
        self.now_s, self.wall_s = self.now_s + 2, self.wall_s + 2
        self.trends.tend(self.now_s, lambda: Clock(self.wall_s, self.synced))

    def kinds(self) -> list[str]:
        account = read_account(self.state / "trends")
        return [line.kind for line in account.lines] if account else []

    def sent(self) -> list[dict[str, Any]]:
        outbox = Outbox(self.state / "outbox.sqlite")
        try:
            return [json.loads(row.payload) for row in outbox.batch(100)]
        finally:
            outbox.close()


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return Booth(tmp_path)


def test_each_day_is_released_soon_after_it_is_over(booth: Booth) -> None:
    assert booth.look() == "counting"
    for number in range(3):
        booth.trends.see([DARK] * 300)
        assert booth.look(24) == f"counting; {next_day(DAY, number)} released"
    assert [values["day"] for values in booth.sent()] == [str(next_day(DAY, number)) for number in range(3)]
    assert booth.kinds() == ["begin", *["spend", "release"] * 3]
    assert booth.trends.head.startswith("7:")


def test_a_day_with_too_few_is_withheld(booth: Booth) -> None:
    booth.trends.see([DARK] * 100)
    assert booth.look(24) == f"counting; {DAY} withheld: too few passages"
    assert booth.sent() == []


def test_without_a_clock_it_waits(booth: Booth) -> None:
    booth.synced = False
    booth.trends.see([DARK] * 300)
    assert booth.look(1) == NO_CLOCK
    assert booth.kinds() == []
    booth.synced = True
    assert booth.look(1) == "counting"
    assert booth.look(20) == f"counting; {DAY} released"


def test_days_that_end_without_a_network_are_released_when_it_is_back(booth: Booth) -> None:
    assert booth.look(5) == "counting"
    booth.synced = False
    for _ in range(3):
        booth.trends.see([DARK] * 300)
        booth.look(24)
    assert booth.trends.state == UNCONFIRMED
    assert len(UNCONFIRMED) <= MOST_TEXT
    assert booth.kinds() == ["begin"]
    booth.synced = True
    assert booth.look(1) == f"counting; {next_day(DAY, 2)} released"
    assert [values["day"] for values in booth.sent()] == [str(next_day(DAY, number)) for number in range(3)]


def test_a_booth_that_closes_at_ten_releases_before(tmp_path: Path) -> None:
    booth = Booth(tmp_path, ends_at_h=21.5)
    booth.trends.see([DARK] * 300)
    booth.look(11)
    assert booth.sent() == []
    assert booth.look(1) == f"counting; {DAY} released"


def test_it_is_the_process_after_a_kill_that_releases(booth: Booth) -> None:
    booth.look()
    booth.trends.see([DARK] * 300)
    booth.look(1)
    booth.start()
    assert booth.look(23) == f"counting; {DAY} released"
    booth.start()
    assert booth.look(2) == "counting"
    assert len(booth.sent()) == 1


def test_what_is_under_way_when_the_booth_stops_is_waited_for(booth: Booth) -> None:
    booth.look()
    booth.trends.see([DARK] * 300)
    booth.now_s, booth.wall_s = booth.now_s + 15 * H, booth.wall_s + 15 * H
    booth.trends.tend(booth.now_s, lambda: Clock(booth.wall_s, synced=True))
    booth.trends.close(booth.now_s)
    assert len(booth.sent()) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BoothError("no space left; free some"), "no space left; free some"),
        (OSError(5, "Input/output error", "/var/lib/booth"), "/var/lib/booth: Input/output error"),
        (ImportError("libopendp.so"), "ImportError: libopendp.so"),
        (MemoryError(), "MemoryError: "),
    ],
)
def test_whatever_goes_wrong_is_a_state_and_is_tried_again(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    booth.look()
    booth.trends.see([DARK] * 300)
    tried: list[float] = []

    def fail(*_: Any) -> str:
        tried.append(booth.now_s)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Press, "release", fail)
        assert booth.look(15) == f"no release: {words}"
    assert all(later - earlier >= RETRY_S for earlier, later in pairwise(tried))
    assert len(tried) >= 3
    assert booth.look(1) == f"counting; {DAY} released"


def test_a_ledger_that_was_touched_stops_releases_and_says_what_to_do(booth: Booth) -> None:
    booth.trends.see([DARK] * 300)
    booth.look(24)
    file = booth.state / "trends" / FILE
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"epsilon 1"', b'"epsilon 2"'))
    booth.trends.see([DARK] * 300)
    said = booth.look(24)
    cure = "ask who did that, then: booth trends begin"
    assert said == f"no release: trends/ledger.jsonl:2: its hash does not fit; {cure}"
    assert len(booth.sent()) == 1
    file.write_bytes(whole)
    assert booth.look(1) == f"counting; {next_day(DAY)} released"


def test_a_head_that_the_logbook_has_noted_must_be_in_the_ledger(booth: Booth) -> None:
    booth.noted = ["7:0123456789ab"]
    said = booth.look(1)
    assert "trends/ledger.jsonl: cut or put back: 7:0123456789ab is gone" in said
    assert len(said) <= MOST_TEXT
    assert booth.kinds() == []


def test_the_loop_does_not_wait_for_the_noise(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a draw, a disk or the first import may take."""
    booth.look()
    booth.trends.see([DARK] * 300)
    gate, release = threading.Event(), Press.release

    def slow(*rest: Any) -> str:
        gate.wait(3)
        return release(*rest)

    monkeypatch.setattr(Press, "release", slow)
    booth.now_s, booth.wall_s = booth.now_s + 15 * H, booth.wall_s + 15 * H
    for _ in range(50):
        booth.now_s, booth.wall_s = booth.now_s + 2, booth.wall_s + 2
        booth.trends.tend(booth.now_s, lambda: Clock(booth.wall_s, synced=True))
        booth.trends.see([DARK])
    assert [thread for thread in threading.enumerate() if thread.name == "trends"], "the loop has waited"
    gate.set()
    booth.settle()
    assert booth.trends.state == f"counting; {DAY} released"


def test_the_clock_is_asked_once_a_second(booth: Booth) -> None:
    asked: list[float] = []

    def read() -> Clock:
        asked.append(booth.now_s)
        return Clock(booth.wall_s, synced=True)

    for _ in range(90):
        booth.now_s += 1 / 30
        booth.trends.tend(booth.now_s, read)
    assert len(asked) == 3


def test_opendp_is_not_loaded_before_a_day_is_over() -> None:
    """40 MB that no booth needs by day; asked of a fresh process."""
    import subprocess
    import sys

    code = (
        "import sys, appliance.verbs.lookout, appliance.uplink.trends.press; print('opendp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_kept_days_are_those_that_the_sign_promises_and_no_more_than_400(tmp_path: Path) -> None:
    def kept(days: int | None) -> int:
        settings = Settings.model_validate({"retention": {"reports_days": days}})
        return module.desk_of(settings, "none").keep_days

    assert [kept(None), kept(730), kept(30)] == [400, 400, 30]


def test_a_booth_without_the_tz_database_says_that_its_days_are_those_of_utc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.model_validate({"place": {"time_zone": "Europe/Madrid"}})

    def missing(name: str) -> None:
        raise LookupError(name)

    monkeypatch.setattr(days, "ZoneInfo", missing)
    assert module.desk_of(settings, "none").time_zone == "UTC"
    monkeypatch.setattr(days, "ZoneInfo", lambda _: timezone(timedelta(hours=1)))
    assert module.desk_of(settings, "none").time_zone == "Europe/Madrid"
