"""Where updates meet what they must not trust: clocks, words of servers and processes, a systemd that is slow."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from appliance.health.clock import Clock
from appliance.update import web
from appliance.update.courier import Note
from appliance.update.refusal import Refused
from appliance.update.rotation import draft_root, sign_draft
from appliance.update.state import read_state
from appliance.update.switch import roll_back
from appliance.update.trust import STEP_S, floor_of, raise_floor
from appliance.update.visit import look_now
from appliance.update.web import Patience
from tests.update.server import serving
from tests.update.test_units import SYSTEMD
from tests.update.world import NEW, Behaviour, Booth, Publisher

ESCAPE = "\x1b[2J\x9b"


def test_a_clock_that_steps_back_and_back_does_not_take_the_floor_with_it(tmp_path: Path) -> None:
    raise_floor(tmp_path, Clock(2e9, synced=True))
    raise_floor(tmp_path, Clock(2e9 - STEP_S, synced=True))
    assert floor_of(tmp_path) == 2e9


def test_words_of_servers_couriers_and_processes_move_nobodys_cursor(booth: Booth) -> None:
    assert str(Refused("no-server", f"{ESCAPE} é")).isprintable()
    note = Note.model_validate_json(json.dumps({"name": "x", "reason": f"a {ESCAPE}"}))
    assert note.reason.isprintable()
    assert roll_back(booth.places, read_state(booth.places), f"a {ESCAPE}").reason.isprintable()


def test_a_booth_that_is_just_starting_is_waited_for_before_it_is_the_measure(booth: Booth) -> None:
    booth.systemd.behaviour = {"": Behaviour(builds_s=60), NEW: Behaviour(crashes="vision")}
    booth.systemd.restart()
    booth.systemd.live()
    assert booth.update().phase == "rolled-back"


def test_a_booth_that_never_gets_ready_is_waited_for_a_while_and_no_longer(booth: Booth) -> None:
    booth.systemd.behaviour = {"": Behaviour(hangs="vision")}
    booth.systemd.restart()
    assert booth.update().phase == "kept"
    assert booth.systemd.now_s < 600


def test_the_measure_is_taken_when_the_booth_has_started() -> None:
    assert "booth.target" in after_of("booth-update-switch.service")


def test_a_switch_that_fails_is_not_begun_for_ever() -> None:
    text = (SYSTEMD / "booth-update-switch.service").read_text()
    burst, interval = (re.search(rf"^StartLimit{key}=(\d+)", text, re.M) for key in ("Burst", "IntervalSec"))
    assert burst
    assert interval
    assert int(interval[1]) * 60 > int(burst[1]) * 60


def test_a_technician_who_looks_waits_as_long_as_the_courier_may_take(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def run(command: list[str], timeout: float, **_: Any) -> subprocess.CompletedProcess[str]:
        waited.append(timeout)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    booth.url = "https://updates.example"
    look_now(booth.orders)
    assert "TimeoutStartSec=3h\n" in (SYSTEMD / "booth-update.service").read_text()
    assert waited[0] > 3 * 3600


def test_a_server_that_was_reached_too_late_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    waited = threading.Event()
    cut = web.cut_off

    def cut_off(connection: http.client.HTTPConnection, late: threading.Event) -> None:
        cut(connection, late)
        waited.set()

    monkeypatch.setattr(web, "cut_off", cut_off)
    monkeypatch.setattr(http.client.HTTPConnection, "connect", lambda _: waited.wait(20))
    monkeypatch.setattr(http.client.HTTPConnection, "send", lambda *_: asked.append("sent"))
    with (
        pytest.raises(Refused, match="silent for too long"),
        web.opened("http://updates.example/x", {}, Patience(head_s=0.05)),
    ):
        pass
    assert asked == []


def test_a_booth_that_moves_to_another_publisher_believes_him_though_the_first_has_changed_keys(
    booth: Booth, publisher: Publisher, tmp_path: Path
) -> None:
    for _ in range(2):
        draft_root(publisher.repository, [], [])
        assert sign_draft(publisher.repository, publisher.roots[1:]) == ""
    assert booth.update().phase == "kept"
    other = Publisher(tmp_path / "other")
    other.publish("0.9.0")
    booth.places.anchor.write_bytes(other.root)
    with serving(other.site) as server:
        booth.url = server.url
        assert booth.update().version == "0.9.0"


def after_of(unit: str) -> list[str]:
    """Whom it waits for."""
    text = (SYSTEMD / unit).read_text()
    return [name for line in re.findall(r"^After=(.*)$", text, re.M) for name in line.split()]
