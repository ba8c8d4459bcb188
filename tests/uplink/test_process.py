"""The uplink against a real broker: what vision committed arrives, and the booth says truly how it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.vitals import read_vitals, write_vitals
from appliance.uplink.broker import LocalBroker, free_port
from appliance.uplink.command import Command, payload_from_command
from appliance.uplink.event import MOST_BYTES
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.uplink.process import UplinkProcess, run_uplink
from tests.uplink.builders import booth_settings, check_schema, payloads
from tests.uplink.consumer import Consumer, wait_for

CHILD = """
import sys, threading
from pathlib import Path
from appliance.uplink.process import run_uplink
from tests.uplink.builders import booth_settings
run_uplink(booth_settings(Path(sys.argv[1]), sys.argv[2]), threading.Event())
"""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.uplink.life.pause_s", lambda attempt, draw: 0.05)


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.uplink.report.LOOK_S", 0.1)
    monkeypatch.setattr("appliance.uplink.drain.GRACE_S", 0.2)
    monkeypatch.setattr("appliance.uplink.command.PATIENCE_S", 0.3)


@contextmanager
def uplink(settings: Settings, retry_s: float = 0.2) -> Iterator[UplinkProcess]:
    """The process in a thread, refused rows tried again after `retry_s`; SQLite wants it made in there."""
    stop, made = threading.Event(), []
    ready = threading.Event()

    def live() -> None:
        process = UplinkProcess(settings, stop)
        process.life.drain._draw = lambda low, high: retry_s
        made.append(process)
        ready.set()
        try:
            process.run()
        finally:
            process.close()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield made[0]
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def outbox_of(settings: Settings) -> Outbox:
    return Outbox(settings.folders.state / OUTBOX)


def ids_of(messages: list[bytes]) -> list[str]:
    return [json.loads(message)["id"] for message in messages]


def test_events_from_before_during_and_after_broker_kills_arrive(broker: LocalBroker, tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, broker.url)
    messages = payloads(300)
    outbox = outbox_of(settings)
    for message in messages[:40]:
        outbox.add("exception", message)
    with Consumer(broker.port) as backend:
        # The broker must have the backend's session on disk, or it knows no subscriber after the kill.
        wait_for((broker.folder / "mosquitto.db").is_file)
        time.sleep(1.2)
        with uplink(settings):
            for kill in range(3):
                wait_for(lambda: backend.of("exception"))
                broker_dies_while(broker, outbox, messages[40 + 80 * kill : 120 + 80 * kill])
                backend.subscribed = 0
                broker.start()
                wait_for(lambda: backend.subscribed)
            for message in messages[280:]:
                outbox.add("exception", message)
            wait_for(lambda: len(backend.ids()) == 300, 30)
            wait_for(lambda: outbox.rows() == 0)
        assert sorted(backend.ids()) == sorted(ids_of(messages))
        assert outbox.dropped() == 0
        for received in backend.of("exception"):
            check_schema("exception", received.payload)
            assert len(received.payload) <= MOST_BYTES
            assert (received.qos, received.retain) == (1, False)


def broker_dies_while(broker: LocalBroker, outbox: Outbox, messages: list[bytes]) -> None:
    """Add the messages, the broker killed in their middle."""
    for number, message in enumerate(messages):
        if number == len(messages) // 2:
            broker.kill()
        assert outbox.add("exception", message)


def test_events_arrive_in_the_order_of_their_numbers(broker: LocalBroker, tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, broker.url)
    messages = payloads(100)
    with Consumer(broker.port) as backend, uplink(settings):
        outbox = outbox_of(settings)
        for message in messages:
            outbox.add("exception", message)
        wait_for(lambda: len(backend.ids()) == 100)
        assert backend.ids() == ids_of(messages)


def test_a_killed_uplink_is_told_by_its_will_and_its_events_by_the_next_one(
    broker: LocalBroker, tmp_path: Path
) -> None:
    settings = booth_settings(tmp_path, broker.url)
    messages = payloads(40)
    with Consumer(broker.port) as backend:
        with subprocess.Popen([sys.executable, "-c", CHILD, tmp_path, broker.url]) as child:
            wait_for(lambda: backend.last_status().get("state") == "starting")
            outbox = outbox_of(settings)
            for message in messages:
                outbox.add("exception", message)
            child.send_signal(signal.SIGKILL)
        wait_for(lambda: backend.last_status().get("reason") == "connection lost")
        check_schema("status", backend.of("status")[-1].payload)
        assert backend.last_status()["state"] == "offline"
        with uplink(settings):
            wait_for(lambda: backend.last_status().get("state") == "starting")
            wait_for(lambda: len(backend.ids()) == 40)
        assert sorted(backend.ids()) == sorted(ids_of(messages))


def test_an_uplink_that_crashes_is_told_by_its_will(
    broker: LocalBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = booth_settings(tmp_path, broker.url)

    def crash(*_all: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("appliance.uplink.command.command_from_payload", crash)
    with Consumer(broker.port) as backend, ThreadPoolExecutor(1) as threads:
        crashed = threads.submit(run_uplink, settings, threading.Event())
        wait_for(lambda: backend.last_status().get("state") == "starting")
        backend.publish("booth/v1/new-york/desk/command", b"{}")
        with pytest.raises(RuntimeError, match="a mistake of ours"):
            crashed.result(10)
        wait_for(lambda: backend.last_status().get("reason") == "connection lost")


def test_a_stopped_uplink_says_good_bye_and_takes_its_vitals_back(
    broker: LocalBroker, tmp_path: Path
) -> None:
    settings = booth_settings(tmp_path, broker.url)
    with Consumer(broker.port) as backend:
        with uplink(settings):
            wait_for(lambda: backend.last_status().get("state") == "starting")
            # They are written once a second, so the broker may know first.
            wait_for(lambda: (read_vitals(settings.folders.runtime, "uplink") or {}).get("state") == "online")
        wait_for(lambda: backend.last_status().get("state") == "offline")
        assert backend.last_status()["reason"] == "stopped"
        assert read_vitals(settings.folders.runtime, "uplink") is None
    with Consumer(broker.port, "late") as late:
        wait_for(lambda: late.last_status().get("reason") == "stopped")
        assert late.of("status")[0].retain


def test_status_follows_vision_and_each_part_is_told_on_its_own(
    broker: LocalBroker, tmp_path: Path, quick_looks: None
) -> None:
    settings = booth_settings(tmp_path, broker.url)
    vision = {
        "state": "running",
        "camera": "ok",
        "inference": "ok",
        "calibrated": "no bank",
        "frames": 9,
        "late": 1,
    }
    with Consumer(broker.port) as backend:
        write_vitals(settings.folders.runtime, "vision", vision)
        with uplink(settings):
            wait_for(lambda: backend.last_status().get("state") == "online")
            assert backend.last_status()["calibrated"] == "no bank"
            write_vitals(
                settings.folders.runtime, "vision", {**vision, "state": "blind", "camera": "no frames"}
            )
            wait_for(lambda: backend.last_status()["camera"] == "no frames")
            assert (backend.last_status()["inference"], backend.last_status()["reason"]) == ("ok", "blind")
            said = len(backend.of("status"))
            time.sleep(0.5)
            assert len(backend.of("status")) == said, "what does not change is not said again"
        health = check_schema("health", backend.of("health")[0].payload)
        assert (health["frames"], health["late"], health["passages"]) == (9, 1, None)


def test_status_is_sent_again_when_due_and_on_request(
    broker: LocalBroker, tmp_path: Path, quick_looks: None
) -> None:
    settings = booth_settings(tmp_path, broker.url, status_every_s=0.5)
    topic = "booth/v1/new-york/desk/command"
    with Consumer(broker.port) as backend:
        backend.publish(topic, payload_from_command(Command("old", "pause")), retain=True)
        with uplink(settings):
            wait_for(lambda: len(backend.of("status")) >= 2)
            backend.publish(topic, payload_from_command(Command("q1", "request-status")))
            backend.publish(topic, payload_from_command(Command("q2", "pause")))
            backend.publish(topic, b"\xff{")
            replies = wait_for(lambda: len(backend.of("command/reply")) == 3 and backend.of("command/reply"))
        said = [check_schema("reply", reply.payload) for reply in replies]
        assert [(reply["id"], reply["result"]) for reply in said] == [
            ("q1", "done"),
            ("", "not understood"),
            ("q2", "accepted"),
        ]


def test_a_refused_event_is_kept_told_and_sent_when_the_access_list_is_mended(
    tmp_path: Path, quick_looks: None
) -> None:
    acl = tmp_path / "acl"
    allowed = (
        "topic read booth/#\ntopic write booth/v1/new-york/desk/status\ntopic write booth/v1/+/+/health\n"
    )
    acl.write_text(allowed)
    acl.chmod(0o644)
    settings: Settings
    with (
        LocalBroker(tmp_path / "broker", extra=f"acl_file {acl}") as broker,
        Consumer(broker.port) as backend,
    ):
        settings = booth_settings(tmp_path, broker.url)
        outbox = outbox_of(settings)
        with uplink(settings) as process:
            for message in payloads(3):
                outbox.add("exception", message)
            wait_for(lambda: backend.last_status().get("refused") == 3)
            check_schema("status", backend.of("status")[-1].payload)
            assert "refuses 3" in backend.last_status()["publishing"]
            # Vitals are written once a second, so they may come after the status.
            wait_for(lambda: (read_vitals(settings.folders.runtime, "uplink") or {}).get("refused") == 3)
            vitals = read_vitals(settings.folders.runtime, "uplink")
            assert vitals is not None
            assert (vitals["outbox_rows"], vitals["sent"]) == (3, 0)
            assert outbox.rows() == 3
            acl.write_text(allowed + "topic write booth/v1/new-york/desk/exception\n")
            os.kill(broker.pid or 0, signal.SIGHUP)
            wait_for(lambda: len(backend.ids()) == 3)
            wait_for(lambda: backend.last_status().get("publishing") == "ok")
            wait_for(lambda: outbox.rows() == 0)
            assert process.life.drain.sent == 3


def test_a_missing_broker_is_waited_for_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    said: list[str] = []
    monkeypatch.setattr("appliance.health.notify.status", said.append)
    settings = booth_settings(tmp_path, f"mqtt://127.0.0.1:{port}")
    with uplink(settings):
        vitals = wait_for(lambda: (read_vitals(settings.folders.runtime, "uplink") or {}).get("reason"))
        assert "refused" in vitals
        vitals = read_vitals(settings.folders.runtime, "uplink")
        assert vitals is not None
        assert (vitals["state"], vitals["outbox_rows"]) == ("offline", 0)
        wait_for(lambda: said[-1].startswith("offline"))
        assert "connection refused" in said[-1], "the log tells only the first reason"


def test_keys_that_are_missing_end_the_process_with_their_name(tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, "mqtts://127.0.0.1:8883", ca_file=tmp_path / "ca.crt")
    with pytest.raises(BoothError, match=r"ca\.crt: no such file; mend uplink\.ca_file"):
        run_uplink(settings, threading.Event())


def test_an_uplink_that_is_stopped_before_it_began_returns(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    run_uplink(booth_settings(tmp_path, f"mqtt://127.0.0.1:{free_port()}"), stop)


def test_the_watchdog_is_fed_by_turns_of_the_loop_with_or_without_a_broker_and_not_while_it_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[float] = []
    monkeypatch.setattr("appliance.health.notify.alive", lambda: bool(fed.__iadd__([time.monotonic()])))
    with uplink(booth_settings(tmp_path, f"mqtt://127.0.0.1:{free_port()}")) as process:
        wait_for(lambda: len(fed) >= 3)
        turns, hangs = process.life.step, threading.Event()

        def hang(now_s: float) -> float:
            hangs.wait(20)
            return turns(now_s)

        process.life.step = hang  # type: ignore[method-assign]
        time.sleep(0.3)
        before = len(fed)
        time.sleep(2.5)
        assert len(fed) <= before + 1
        hangs.set()
        wait_for(lambda: len(fed) > before + 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
def test_words_in_visions_name_that_another_user_wrote_are_not_told(tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, f"mqtt://127.0.0.1:{free_port()}")
    process = UplinkProcess(settings, threading.Event())
    report = process.life.report
    try:
        for name in ("vision", "display"):
            write_vitals(settings.folders.runtime, name, {"state": "running", "cards": 7})
        assert report._vitals(time.monotonic())
        assert report._board(time.monotonic())
        for name in ("vision", "display"):
            os.chown(settings.folders.runtime / f"{name}.json", 54_321, -1)
        assert report._vitals(time.monotonic()) is report._board(time.monotonic()) is None
    finally:
        process.close()
