"""Keys that are renewed under a stream of events: all arrive, and the connection goes on with the new keys."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from appliance.health.vitals import read_vitals
from appliance.uplink import keys
from appliance.uplink.address import Broker
from appliance.uplink.broker import LocalBroker, find_mosquitto, free_port
from appliance.uplink.drain import Drain
from appliance.uplink.keys import KeyWatch
from appliance.uplink.mqtt import Link
from appliance.uplink.outbox import Outbox
from appliance.uplink.process import run_uplink
from appliance.uplink.topics import topic
from tests.uplink.authority import LOOPBACK, Authority, Pair
from tests.uplink.builders import booth_settings, payloads
from tests.uplink.consumer import Consumer, wait_for

EVENTS = 300
LOOK_S = 0.1


class TwoDoors:
    """A Mosquitto with an open port for the backend and one with certificates for booths; it says who comes in."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder / "keys")
        self.port = free_port()
        server = self.authority.sign("broker", host=LOOPBACK)
        extra = [
            *("log_type notice", "max_queued_messages 0", f"listener {self.port} {LOOPBACK}"),
            *(f"cafile {self.authority.ca}", f"certfile {server.cert}", f"keyfile {server.key}"),
            *("require_certificate true", "use_identity_as_username true"),
        ]
        self.local = LocalBroker(folder / "broker", extra="\n".join(extra))

    def as_seen_by(self, pair: Pair) -> Broker:
        return Broker(f"mqtts://{LOOPBACK}:{self.port}", self.authority.ca, pair.cert, pair.key)

    def names(self) -> list[str]:
        """Common names of the certificates that were let in, in order."""
        # Not seek() and read(): the child writes where this file stands.
        said = os.pread(self.local._said.fileno(), 1 << 20, 0).decode()
        return [line.split("u'")[1].rstrip("').") for line in said.splitlines() if " u'" in line]


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[TwoDoors]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    made = TwoDoors(tmp_path)
    with made.local:
        yield made


class Sender:
    """The least that sends and watches: what the uplink's life does, without its rests."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        self.watch = KeyWatch(broker)
        self._broker = broker
        self._folder = folder
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(10)
        assert not thread.is_alive()

    def _run(self) -> None:
        with closing(Outbox(self._folder / "outbox.sqlite")) as outbox:
            drain = Drain(outbox, lambda kind: topic("new-york", "desk", kind))
            drain.grace_s = 0.2
            while not self._stop.is_set():
                with closing(Link(self._broker, "booth")) as link:
                    link.open()
                    self._serve(link, drain)
                drain.lost(time.monotonic())

    def _serve(self, link: Link, drain: Drain) -> None:
        while not self._stop.is_set():
            link.turn(0.01)
            drain.step(link, link.take_acks(), time.monotonic())
            if self.watch.look(time.monotonic()):
                link.leave()
                return


def add_slowly(folder: Path, messages: list[bytes]) -> None:
    with closing(Outbox(folder / "outbox.sqlite")) as outbox:
        for message in messages:
            assert outbox.add("exception", message)
            time.sleep(0.005)


def test_no_event_is_lost_while_keys_are_renewed_and_the_new_ones_are_used(
    doors: TwoDoors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "LOOK_S", LOOK_S)
    authority, messages = doors.authority, payloads(EVENTS)
    pair = authority.sign("booth", "new-york/first")
    sender = Sender(doors.as_seen_by(pair), tmp_path)
    with Consumer(doors.local.port) as backend, sender.running():
        writer = threading.Thread(target=add_slowly, args=(tmp_path, messages))
        writer.start()
        for name in ("new-york/second", "new-york/third"):
            wait_for_more(backend)
            renew_in_two_steps(authority, pair, name, sender.watch, doors)
        writer.join(20)
        wait_for(lambda: len(backend.ids()) == EVENTS, 20)
        assert sorted(backend.ids()) == sorted(json.loads(message)["id"] for message in messages)
    assert doors.names() == ["new-york/first", "new-york/second", "new-york/third"]


def wait_for_more(backend: Consumer) -> None:
    heard = len(backend.ids())
    wait_for(lambda: len(backend.ids()) > heard + 30)


def renew_in_two_steps(authority: Authority, pair: Pair, name: str, watch: KeyWatch, doors: TwoDoors) -> None:
    """The certificate first, and its key only when the mismatch is noticed; until then nothing changes."""
    new, before = authority.sign("new", name), doors.names()
    new.cert.replace(pair.cert)
    wait_for(lambda: "the key does not belong to the certificate" in watch.fault)
    assert doors.names() == before
    new.key.replace(pair.key)
    wait_for(lambda: doors.names() == [*before, name])
    assert watch.fault == ""


def test_a_booth_goes_on_with_renewed_keys_and_loses_no_event(
    doors: TwoDoors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "LOOK_S", LOOK_S)
    monkeypatch.setattr("appliance.uplink.life.pause_s", lambda attempt, draw: 0.05)
    pair, messages = doors.authority.sign("booth", "new-york/desk"), payloads(EVENTS)
    broker = doors.as_seen_by(pair)
    files = {"ca_file": broker.ca_file, "cert_file": pair.cert, "key_file": pair.key}
    settings, stop = booth_settings(tmp_path, broker.url, **files), threading.Event()
    with Consumer(doors.local.port) as backend, ThreadPoolExecutor(1) as threads:
        ended = threads.submit(run_uplink, settings, stop)
        writer = threading.Thread(target=add_slowly, args=(settings.folders.state, messages))
        writer.start()
        try:
            wait_for_more(backend)
            new = doors.authority.sign("new", "new-york/renewed", begins_days=-90, ends_days=9.5)
            new.cert.replace(pair.cert)
            wait_for(lambda: "new key files do not fit" in backend.last_status().get("certificate", ""))
            new.key.replace(pair.key)
            wait_for(lambda: backend.last_status().get("certificate") == "expires in 9 days")
            writer.join(20)
            wait_for(lambda: len(backend.ids()) == EVENTS, 20)
        finally:
            stop.set()
            ended.result(10)
        assert sorted(backend.ids()) == sorted(json.loads(message)["id"] for message in messages)
    assert doors.names() == ["new-york/desk", "new-york/renewed"]


def test_a_booth_that_is_refused_for_its_old_keys_comes_back_with_new_ones(
    doors: TwoDoors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "LOOK_S", LOOK_S)
    monkeypatch.setattr("appliance.uplink.life.pause_s", lambda attempt, draw: 0.05)
    pair = doors.authority.sign("booth", "new-york/late", begins_days=-9, ends_days=-1)
    broker, runtime = doors.as_seen_by(pair), tmp_path / "run"
    files = {"ca_file": broker.ca_file, "cert_file": pair.cert, "key_file": pair.key}
    settings, stop = booth_settings(tmp_path, broker.url, **files), threading.Event()
    with Consumer(doors.local.port) as backend, ThreadPoolExecutor(1) as threads:
        ended = threads.submit(run_uplink, settings, stop)
        try:
            wait_for(lambda: "our certificate has expired" in str(read_vitals(runtime, "uplink")))
            new = doors.authority.sign("new", "new-york/renewed")
            new.cert.replace(pair.cert)
            new.key.replace(pair.key)
            wait_for(lambda: backend.last_status().get("certificate") == "ok")
        finally:
            stop.set()
            ended.result(10)
    assert doors.names() == ["new-york/renewed"]
