"""What is set and commanded from afar, over a real broker: in force at once, else taken back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Capture
from appliance.health.pause import UPLINK
from appliance.uplink.broker import LocalBroker
from tests.uplink.builders import booth_settings, check_schema
from tests.uplink.consumer import Consumer
from tests.uplink.test_life import life_of, live, online, short_pauses

__all__ = ["short_pauses"]
ROOT = "booth/v1/new-york/desk"


def desire(backend: Consumer, version: int, **settings: Any) -> None:
    payload = {"schema": "desired/1", "version": version, "settings": settings}
    backend.publish(f"{ROOT}/config/desired", json.dumps(payload).encode(), retain=True)


def command(backend: Consumer, name: str) -> None:
    payload = {"schema": "command/1", "id": f"id-{name}", "command": name}
    backend.publish(f"{ROOT}/command", json.dumps(payload).encode())


def last_report(backend: Consumer) -> dict[str, Any]:
    reports = backend.of("config/reported")
    return check_schema("reported", reports[-1].payload) if reports else {}


def results(backend: Consumer) -> list[tuple[int, str]]:
    reports = [json.loads(report.payload) for report in backend.of("config/reported")]
    return [(report["version"], report["result"]) for report in reports]


def test_wanted_settings_are_on_trial_then_applied_and_told_in_the_status(
    broker: LocalBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.uplink.desired.TRIAL_S", 0.5)
    settings = booth_settings(tmp_path, broker.url, status_every_s=0.4)
    with Consumer(broker.port) as backend, life_of(settings) as life:
        desire(backend, 3, decision={"wanted_per_hour": 12}, uplink={"status_every_s": 0.5})
        live(life, lambda: last_report(backend).get("result") == "applied")
        live(life, lambda: backend.last_status().get("config") == 3)
        said = len(backend.of("status"))
        live(life, lambda: len(backend.of("status")) > said + 1)
    assert results(backend)[-2:] == [(3, "on trial"), (3, "applied")]
    assert last_report(backend)["settings"]["decision"] == {"wanted_per_hour": 12}


def test_settings_whose_connection_is_lost_are_taken_back(broker: LocalBroker, tmp_path: Path) -> None:
    with Consumer(broker.port) as backend, life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        desire(backend, 1, display={"language": "sv"})
        live(life, lambda: results(backend)[-1:] == [(1, "on trial")])
        broker.kill()
        live(life, lambda: not online(life)())
        broker.start()
        live(life, lambda: results(backend)[-1:] == [(0, "reverted")], 20)
        assert life.inbox.remote.settings.display.language == "en"


def test_another_keepalive_is_tried_at_once_on_a_new_connection(broker: LocalBroker, tmp_path: Path) -> None:
    with Consumer(broker.port) as backend, life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        desire(backend, 1, uplink={"keepalive_s": 7})
        live(life, lambda: life.report.reconnects == 1)
        assert life._linked().broker.keepalive_s == 7
        live(life, lambda: results(backend)[-1:] == [(1, "on trial")])
        begun_s = time.monotonic()
        live(life, lambda: time.monotonic() > begun_s + 0.5)
        assert "offline" not in [json.loads(status.payload)["state"] for status in backend.of("status")]


def test_no_wall_falls_from_afar(broker: LocalBroker, tmp_path: Path) -> None:
    mat = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}
    capture = Capture.model_validate({"mode": "opt-in-zone", "zones": [mat]})
    settings = booth_settings(tmp_path, broker.url).model_copy(update={"capture": capture})
    with Consumer(broker.port) as backend, life_of(settings) as life:
        live(life, online(life))
        desire(backend, 1, capture={"mode": "open-street"})
        live(life, lambda: last_report(backend).get("result") == "rejected")
        desire(backend, 2, camera={"source": "rtsp://elsewhere"})
        live(life, lambda: last_report(backend).get("wanted") == 2)
        assert last_report(backend)["result"] == "rejected"
        assert life.inbox.remote.settings == settings


def test_commands_are_answered_by_what_vision_shows(broker: LocalBroker, tmp_path: Path) -> None:
    with Consumer(broker.port) as backend, life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        for name in ("identify", "request-status", "pause"):
            command(backend, name)
        live(life, lambda: len(backend.of("command/reply")) == 3)
        replies = [check_schema("reply", reply.payload) for reply in backend.of("command/reply")]
        found = {reply["id"]: reply["result"] for reply in replies}
        assert found == {"id-identify": "done", "id-request-status": "done", "id-pause": "accepted"}
        assert life.inbox.commands.identify_until_s > time.monotonic()
        assert (life.inbox.remote.settings.folders.state / UPLINK).is_file()
