"""A booth's life: it waits for nobody, keeps to what the broker asks for, and leaves nothing behind that lies."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.uplink.broker import LocalBroker, free_port
from appliance.uplink.command import Command, payload_from_command
from appliance.uplink.life import GOODBYE_S, UNANSWERED, Life
from appliance.uplink.message import Message
from appliance.uplink.outbox import Outbox
from appliance.uplink.papers import read_schema
from appliance.uplink.wording import payload_from_values
from tests.uplink.builders import booth_settings, payloads
from tests.uplink.consumer import Consumer


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.uplink.life.pause_s", lambda attempt, draw: 0.05)
    monkeypatch.setattr("appliance.uplink.report.LOOK_S", 0.1)
    monkeypatch.setattr("appliance.uplink.drain.GRACE_S", 0.2)
    monkeypatch.setattr("appliance.uplink.command.PATIENCE_S", 0.3)


@contextmanager
def life_of(settings: Settings) -> Iterator[Life]:
    outbox = Outbox(settings.folders.state / "outbox.sqlite")
    life = Life(settings, outbox, lambda now_s: None, time.monotonic())
    with closing(outbox), closing(life):
        yield life


def live(life: Life, until: Callable[[], Any], seconds: float = 10.0) -> float:
    """Step until a fact is true; the longest that one step took. An AssertionError when it does not come true."""
    longest_s = 0.0
    until_s = time.monotonic() + seconds
    while not until():
        begun_s = time.monotonic()
        assert begun_s < until_s, f"did not happen in {seconds} s: {life.report.state} {life.report.reason}"
        life.step(begun_s)
        longest_s = max(longest_s, time.monotonic() - begun_s)
        time.sleep(0.01)
    return longest_s


def states_of(backend: Consumer) -> list[str]:
    return [json.loads(status.payload)["state"] for status in backend.of("status")]


def online(life: Life) -> Callable[[], bool]:
    return lambda: life.report.state == "online"


def test_nobody_is_waited_for_while_the_broker_is_silent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"mqtts://127.0.0.1:{server.getsockname()[1]}"
        begun_s = time.monotonic()
        with life_of(booth_settings(tmp_path, url)) as life:
            longest_s = live(life, lambda: time.monotonic() > begun_s + 1.0)
            assert longest_s < 0.5, "the handshake hangs in a thread, not in a step"
            assert life.report.state == "starting"
            life.part(time.monotonic())
            assert life.over


def test_a_broker_that_never_lets_a_session_in_is_told_to_forget_it(tmp_path: Path) -> None:
    clean: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:

        def hang_up() -> None:
            while len(clean) < UNANSWERED + 1:
                with server.accept()[0] as client:
                    packet = client.recv(4096)
                    # MQTT 5, 3.1.2: after the protocol's name its version, then the flags.
                    clean.append(bool(packet[packet.index(b"MQTT") + 5] & 2))

        hung = pool.submit(hang_up)
        url = f"mqtt://127.0.0.1:{server.getsockname()[1]}"
        with life_of(booth_settings(tmp_path, url)) as life:
            live(life, hung.done)
    assert clean == [False] * UNANSWERED + [True]


def test_a_stopped_broker_is_a_lost_one_and_found_again(broker: LocalBroker, tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, broker.url)
    # Shorter than may be set.
    uplink = settings.uplink.model_copy(update={"keepalive_s": 1})
    settings = settings.model_copy(update={"uplink": uplink})
    with Consumer(broker.port) as backend, life_of(settings) as life:
        live(life, online(life))
        os.kill(broker.pid or 0, signal.SIGSTOP)
        try:
            live(life, lambda: life.report.state == "offline", 20)
        finally:
            os.kill(broker.pid or 0, signal.SIGCONT)
        live(life, online(life), 20)
        assert life.report.reconnects == 1
        live(life, lambda: states_of(backend)[-2:] == ["offline", "starting"])


def test_a_broker_that_acknowledges_nothing_is_left(
    broker: LocalBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.uplink.mqtt.SILENCE_S", 0.3)
    with life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        os.kill(broker.pid or 0, signal.SIGSTOP)
        try:
            life.report.ask()
            live(life, lambda: "acknowledges nothing" in life.report.reason, 5)
        finally:
            os.kill(broker.pid or 0, signal.SIGCONT)


def test_a_broker_that_takes_one_at_a_time_gets_one_at_a_time(tmp_path: Path) -> None:
    with (
        LocalBroker(tmp_path / "broker", extra="max_inflight_messages 1\nmax_queued_messages 0") as broker,
        Consumer(broker.port) as backend,
        life_of(booth_settings(tmp_path, broker.url)) as life,
    ):
        live(life, online(life))
        outbox = life.drain.outbox
        assert isinstance(outbox, Outbox)
        for message in payloads(50):
            outbox.add("exception", message)
            life.report.ask()
        live(life, lambda: len(backend.ids()) == 50)
        assert life.report.reconnects == 0, "a broker hangs up on whoever sends more (MQTT 5, 4.9)"


def test_what_a_broker_finds_too_large_waits_and_holds_up_nothing(tmp_path: Path) -> None:
    with (
        LocalBroker(tmp_path / "broker", extra="max_packet_size 1200") as broker,
        Consumer(broker.port) as backend,
        life_of(booth_settings(tmp_path, broker.url)) as life,
    ):
        live(life, online(life))
        outbox = life.drain.outbox
        assert isinstance(outbox, Outbox)
        outbox.add("trend", payload_from_values(read_schema("trend")["examples"][0]))
        for message in payloads(3):
            outbox.add("exception", message)
        live(life, lambda: len(backend.ids()) == 3)
        live(life, lambda: outbox.rows() == 1)
        assert len(life.drain.refused) == 1
        assert life.report.reconnects == 0


def test_a_command_from_the_time_of_a_short_absence_is_obeyed(broker: LocalBroker, tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, broker.url)
    with Consumer(broker.port) as backend:
        with life_of(settings) as life:
            live(life, online(life))
            live(life, lambda: backend.of("status"))
        backend.publish(
            "booth/v1/new-york/desk/command", payload_from_command(Command("q", "request-status"))
        )
        with life_of(settings) as life:
            live(life, lambda: backend.of("command/reply"))
    assert json.loads(backend.of("command/reply")[0].payload)["id"] == "q"


def test_a_command_that_comes_while_the_booth_connects_anew_is_obeyed(
    broker: LocalBroker, tmp_path: Path
) -> None:
    with Consumer(broker.port) as backend, life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        live(life, life._linked().idle)
        command = payload_from_command(Command("q", "request-status"))
        backend.publish("booth/v1/new-york/desk/command", command)
        assert select.select([life.fileno()], [], [], 5)[0]
        life._become(life._renewing, time.monotonic())
        live(life, lambda: life.report.reconnects == 1)
        live(life, lambda: backend.of("command/reply"))


def test_a_booth_that_is_stopped_while_it_connects_anew_says_good_bye(
    broker: LocalBroker, tmp_path: Path
) -> None:
    with Consumer(broker.port) as backend, life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        life._become(life._renewing, time.monotonic())
        life.part(time.monotonic())
        live(life, lambda: life.over)
        live(life, lambda: backend.last_status().get("state") == "offline")
        assert backend.last_status()["reason"] == "stopped"


def test_a_good_bye_is_waited_for_but_not_for_ever(broker: LocalBroker, tmp_path: Path) -> None:
    with life_of(booth_settings(tmp_path, broker.url)) as life:
        live(life, online(life))
        live(life, life._linked().idle)
        os.kill(broker.pid or 0, signal.SIGSTOP)
        now_s = time.monotonic()
        life.part(now_s)
        over = [life.over for late_s in (0.0, GOODBYE_S + 0.1) if life.step(now_s + late_s)]
        assert over == [False, True]
        os.kill(broker.pid or 0, signal.SIGCONT)


def test_keys_that_are_no_good_end_a_life_before_it_begins(tmp_path: Path) -> None:
    settings = booth_settings(tmp_path, f"mqtts://127.0.0.1:{free_port()}", ca_file=tmp_path / "none.crt")
    with pytest.raises(BoothError, match=r"none\.crt"), life_of(settings):
        pass


@pytest.mark.parametrize(("every_s", "expiry_s"), [(10, 30), (0.1, 1)])
def test_a_retained_online_dies_by_itself(tmp_path: Path, every_s: float, expiry_s: int) -> None:
    """An expiry of 0 is none to Mosquitto."""
    settings = booth_settings(tmp_path, f"mqtt://127.0.0.1:{free_port()}", status_every_s=every_s)
    sent: list[Message] = []
    with life_of(settings) as life:
        life.report.send(SimpleNamespace(send=sent.append), 1.0)  # type: ignore[arg-type]
    assert [(message.retain, message.expiry_s) for message in sent] == [(True, expiry_s), (False, 300)]


def test_a_retained_offline_stays(tmp_path: Path) -> None:
    with life_of(booth_settings(tmp_path, f"mqtt://127.0.0.1:{free_port()}")) as life:
        said = life.report.offline("stopped")
        assert (said.retain, said.expiry_s) == (True, None)
