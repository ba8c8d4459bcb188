"""The dead man's switch: it counts through restarts and wrong clocks, and only people set it back."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.health.armed import DISPLAY, UPLINK, arm
from appliance.health.moment import Moment, between_s
from appliance.verbs.dead_man import FILE, DeadMan

HOUR_S = 3600.0
NOON = 1_795_000_000.0


class Machine:
    """A machine with two clocks, and the switch of the vision process that runs on it."""

    def __init__(self, folder: Path, hours: float | None = 24) -> None:
        folders = {"state": folder / "state", "vision": folder / "vision", "runtime": folder / "run"}
        self.settings = Settings.model_validate({"folders": folders, "capture": {"rearm_h": hours}})
        self.state = folder / "state"
        self.file = folder / "vision" / FILE
        self.now = Moment("first", 100.0, NOON, synced=True)
        self.start()

    def start(self) -> None:
        """The process starts, again."""
        self.switch = DeadMan(self.settings, self.now.at_s, lambda now_s: replace(self.now, at_s=now_s))

    def goes_on(self, hours: float) -> str:
        """Time goes by, looked at every six minutes; returns why it is closed."""
        for _ in range(round(hours * 10)):
            self.passes(360.0)
            self.switch.look(self.now.at_s)
        return self.switch.why()

    def passes(self, seconds: float) -> None:
        self.now = replace(self.now, at_s=self.now.at_s + seconds, unix_s=self.now.unix_s + seconds)

    def boots(self, off_s: float, *, synced: bool = True, unix_s: float | None = None) -> None:
        """The machine is switched off and on; a minute later the process runs."""
        found = self.now.unix_s + off_s if unix_s is None else unix_s
        self.now = Moment(self.now.boot + "+", 60.0, found + 60.0, synced)
        self.start()


@pytest.fixture(autouse=True)
def _disk_without_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days go by here, and a count is kept each minute."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_booth_that_nobody_armed_for_a_day_is_closed_and_says_why_and_when(machine: Machine) -> None:
    assert machine.goes_on(23.9) == ""
    assert 0 < (machine.switch.left_s or 0) < 0.2 * HOUR_S
    assert machine.goes_on(0.2).startswith("dead-man: nobody armed the booth for 24 h; send resume")
    assert machine.switch.left_s == 0


@pytest.mark.parametrize("name", [UPLINK, DISPLAY])
def test_whoever_arms_it_opens_it_for_another_day(machine: Machine, name: str) -> None:
    machine.goes_on(25)
    arm(machine.state / name, machine.now)
    assert machine.goes_on(23.9) == ""
    assert machine.goes_on(0.2) != ""
    machine.start()
    assert machine.switch.why() != "", "an old act arms nothing twice"


def test_a_desk_has_no_such_switch(tmp_path: Path) -> None:
    machine = Machine(tmp_path, hours=None)
    assert (machine.goes_on(100), machine.switch.left_s, machine.file.exists()) == ("", None, False)


def test_no_restart_of_the_process_arms_it(machine: Machine) -> None:
    for _ in range(20):
        machine.goes_on(1)
        machine.start()
    assert machine.goes_on(3.9) == ""
    assert machine.goes_on(0.3) != ""


def test_no_restart_of_the_machine_arms_it_even_without_a_wall_clock(machine: Machine) -> None:
    for _ in range(20):
        machine.goes_on(1)
        machine.boots(0.0, synced=False, unix_s=0.0)
    assert machine.goes_on(4) != ""


def test_the_time_for_which_it_was_off_counts_where_it_can_be_told(machine: Machine) -> None:
    machine.goes_on(1)
    machine.boots(30 * HOUR_S)
    assert machine.switch.why() != ""


def test_it_counts_once_the_clock_is_set_where_it_was_not_at_the_start(machine: Machine) -> None:
    machine.goes_on(1)
    off = machine.now.unix_s + 30 * HOUR_S
    machine.boots(0.0, synced=False, unix_s=0.0)
    assert machine.goes_on(0.1) == ""
    machine.now = replace(machine.now, unix_s=off, synced=True)
    assert machine.goes_on(0.1) != ""


@pytest.mark.parametrize("jump_s", [-1e9, -7200.0, 7200.0, 1e9])
def test_no_jump_of_the_wall_clock_extends_or_ends_it(machine: Machine, jump_s: float) -> None:
    machine.goes_on(12)
    machine.now = replace(machine.now, unix_s=machine.now.unix_s + jump_s)
    assert machine.goes_on(11.9) == ""
    assert machine.goes_on(0.2) != ""


def test_an_act_while_vision_was_away_counts_from_when_it_was(machine: Machine) -> None:
    machine.goes_on(20)
    arm(machine.state / UPLINK, machine.now)
    machine.passes(10 * HOUR_S)
    machine.start()
    assert machine.switch.left_s == pytest.approx(14 * HOUR_S)


@given(st.binary(max_size=60) | st.sampled_from([b"[" * 3000, b'{"schema":"dead-man/1"}']))
def test_a_count_that_cannot_be_read_is_too_long_until_somebody_arms_it(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    machine = Machine(tmp_path_factory.mktemp("booth"))
    arm(machine.state / UPLINK, machine.now)
    machine.goes_on(0.1)
    machine.file.write_bytes(content)
    machine.start()
    assert machine.switch.why() != ""
    arm(machine.state / UPLINK, machine.now)
    assert machine.goes_on(0.1) == ""


@given(
    st.dictionaries(
        st.sampled_from(["schema", "id", "boot", "at_s", "unix_s", "synced", "more"]),
        st.sampled_from(["armed/1", "x", "", None, True, 1.0, float("nan"), float("inf"), 10**400, [], {}]),
    )
)
def test_no_act_but_a_sound_one_arms_it(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]
) -> None:
    machine = Machine(tmp_path_factory.mktemp("booth"), hours=0.5)
    machine.goes_on(0.6)
    (machine.state / UPLINK).parent.mkdir(parents=True)
    (machine.state / UPLINK).write_text(json.dumps({**values, "at_s": values.get("at_s", -1), "boot": 7}))
    os.utime(machine.state / UPLINK)
    assert machine.goes_on(0.1) != ""


def test_the_times_between_two_moments_are_never_below_nothing() -> None:
    early, late = Moment("a", 50.0, NOON, synced=True), Moment("a", 10.0, NOON - 1e6, synced=True)
    assert between_s(early, late) == 0.0
    assert between_s(early, replace(late, boot="b")) == late.at_s
