"""The reference consumer before a real Mosquitto: each event once, every gap told, and a kill -9 loses nothing."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Identity
from appliance.uplink.broker import LocalBroker, find_mosquitto, free_port
from appliance.uplink.status import Sending, health_values
from appliance.uplink.wording import payload_from_values
from tests.uplink.authority import Authority
from tests.uplink.builders import CLOCK, payloads
from tests.uplink.consumer import Consumer, wait_for

PROGRAM = Path(__file__).parents[2] / "deploy" / "broker" / "consumer.py"
PLACE = "booth/v1/new-york/desk"
BOOT, PROBE = "0badcafe", "ffffffff"
RUN = f"{PLACE}/{BOOT}"


class Backend:
    """The program in a process of its own: its lines, its complaints and its database."""

    def __init__(self, folder: Path, port: int, *keys: str) -> None:
        self.file = folder / "events.sqlite"
        self._out = folder / "lines"
        self._err = folder / "complaints"
        where = [str(self.file), "127.0.0.1", "--port", str(port), *keys]
        self._command = [sys.executable, str(PROGRAM), *where]
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._out.open("ab") as out, self._err.open("ab") as err:
            self._child = subprocess.Popen(self._command, stdout=out, stderr=err)

    def kill(self) -> None:
        if self._child:
            self._child.kill()
            self._child.wait()

    def lines(self, key: str) -> list[dict[str, Any]]:
        """Those that have `key`, about the boot under test; the last one may still be being written."""
        whole = self._out.read_text().rpartition("\n")[0].splitlines()
        return [line for line in map(json.loads, whole) if key in line and PROBE not in json.dumps(line)]

    def printed(self) -> list[str]:
        return [line["event"]["id"] for line in self.lines("event")]

    def kept(self) -> list[str]:
        found = self._ask("SELECT payload FROM events WHERE run = ? AND payload NOT NULL ORDER BY number")
        return [json.loads(payload)["id"] for (payload,) in found]

    def missing(self) -> list[int]:
        found = self._ask("SELECT number FROM events WHERE run = ? AND payload IS NULL ORDER BY number")
        return [number for (number,) in found]

    def complaints(self) -> str:
        return self._err.read_text()

    def _ask(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.file)) as base:
            return base.execute(query, (RUN,)).fetchall()


class Booth:
    """What a booth would send, in any order and as often as wished."""

    def __init__(self, client: Consumer, count: int) -> None:
        self.ids = [f"desk-{BOOT}-{number}" for number in range(1, count + 1)]
        self._client = client
        self._payloads = payloads(count, BOOT)

    def tell(self, *numbers: int) -> None:
        for number in numbers:
            self._client.publish(f"{PLACE}/exception", self._payloads[number - 1])

    def tell_health(self, last_event: str) -> None:
        sending = Sending(rows=0, sent=0, dropped=0, refused=0, fault="")
        values = health_values(Identity(id="desk"), None, sending=sending, uptime_s=1, clock=CLOCK)
        self._client.publish(f"{PLACE}/health", payload_from_values({**values, "last_event": last_event}))

    def shout(self, payload: bytes) -> None:
        self._client.publish(f"{PLACE}/exception", payload)

    def probed(self, lines: Path) -> bool:
        """Whether an event of another boot, which no test counts, shows up; sent anew at each call."""
        self.shout(payloads(1, PROBE)[0])
        return PROBE in lines.read_text()


def local_broker(folder: Path, extra: str = "") -> LocalBroker:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    # Unlimited, as the kit's: a broker that forgets what it acknowledged is not what is tested here.
    return LocalBroker(folder / "broker", extra=f"max_queued_messages 0\n{extra}")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    with local_broker(tmp_path) as running:
        yield running


@pytest.fixture
def booth(broker: LocalBroker) -> Iterator[Booth]:
    with Consumer(broker.port, "booth") as client:
        yield Booth(client, 300)


@pytest.fixture
def backend(broker: LocalBroker, booth: Booth, tmp_path: Path) -> Iterator[Backend]:
    """Started and subscribed."""
    started = Backend(tmp_path, broker.port)
    started.start()
    try:
        wait_for(lambda: booth.probed(tmp_path / "lines"))
        yield started
    finally:
        started.kill()


def test_an_event_that_comes_three_times_is_told_once(backend: Backend, booth: Booth) -> None:
    booth.tell(1, 1, 2, 1, 2, 3)
    wait_for(lambda: len(backend.kept()) == 3)
    assert backend.printed() == backend.kept() == booth.ids[:3]
    assert backend.lines("gap") == []
    event = backend.lines("event")[0]["event"]
    assert (event["schema"], event["city"]) == ("exception/1", "new-york")


def test_a_gap_is_told_and_so_is_each_number_that_fills_it_late(backend: Backend, booth: Booth) -> None:
    booth.tell(1, 5)
    wait_for(lambda: backend.missing() == [2, 3, 4])
    assert backend.lines("gap") == [{"gap": RUN, "first": 2, "last": 4}]
    booth.tell(3, 2, 4)
    wait_for(lambda: backend.missing() == [])
    assert [(line["number"], line["missing"]) for line in backend.lines("filled")] == [(3, 2), (2, 1), (4, 0)]
    assert backend.printed() == [booth.ids[number - 1] for number in (1, 5, 3, 2, 4)]
    assert backend.kept() == booth.ids[:5]


def test_a_gap_at_the_end_shows_by_health(backend: Backend, booth: Booth) -> None:
    booth.tell(1, 2)
    booth.tell_health("")
    booth.tell_health(booth.ids[3])
    booth.tell_health(booth.ids[3])
    wait_for(lambda: backend.lines("gap"))
    booth.tell(4, 5)
    wait_for(lambda: len(backend.kept()) == 4)
    assert backend.lines("gap") == [{"gap": RUN, "first": 3, "last": 4}]
    assert backend.missing() == [3]


def test_any_order_with_repetitions_ends_whole(backend: Backend, booth: Booth) -> None:
    draw = random.Random(5)
    numbers = [*range(1, 61), *draw.choices(range(1, 61), k=40)]
    draw.shuffle(numbers)
    booth.tell(*numbers)
    wait_for(lambda: len(backend.kept()) == 60)
    assert (backend.kept(), backend.missing()) == (booth.ids[:60], [])
    assert sorted(backend.printed()) == sorted(booth.ids[:60])
    assert backend.lines("filled")[-1]["missing"] == 0


def test_a_consumer_that_is_killed_again_and_again_loses_nothing_and_keeps_each_once(
    backend: Backend, booth: Booth
) -> None:
    for part in range(6):
        backend.kill()
        booth.tell(*range(50 * part + 1, 50 * part + 51))
        before = len(backend.kept())
        backend.start()
        # The next kill comes while it works on what the broker kept for it.
        wait_for(partial(more_than, before + 5, backend))
    wait_for(lambda: len(backend.kept()) == 300)
    assert (backend.kept(), backend.missing()) == (booth.ids, [])
    assert set(backend.printed()) == set(booth.ids)
    assert len(backend.printed()) <= 300 + 6


def more_than(count: int, backend: Backend) -> bool:
    return len(backend.kept()) > count


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 5000,
        b'{"schema":"exception/2","id":"desk-0badcafe-1"}',
        b'{"id":7}',
        b'{"schema":"exception/1","id":"desk-0badcafe-99999999999999999999"}',
    ],
)
def test_what_no_booth_would_say_is_let_go(backend: Backend, booth: Booth, payload: bytes) -> None:
    booth.shout(payload)
    booth.tell(1)
    wait_for(lambda: backend.kept() == booth.ids[:1])
    assert backend.missing() == []
    assert backend.complaints().count("\n") <= 1


@pytest.mark.parametrize("place", ["booth/v1/new-york/lab", "booth/v1/toronto/desk"])
def test_a_booth_cannot_speak_for_another(
    backend: Backend, booth: Booth, broker: LocalBroker, place: str
) -> None:
    with Consumer(broker.port, "liar") as liar:
        liar.publish(f"{place}/exception", payloads(2, BOOT)[1])
        booth.tell(1)
        wait_for(lambda: backend.kept() == booth.ids[:1])
        wait_for(lambda: "speaks for another booth" in backend.complaints())
    assert [line["event"]["id"] for line in backend.lines("event")] == booth.ids[:1]
    assert backend.lines("gap") == []


def test_a_broker_that_is_not_there_is_told_and_waited_for(tmp_path: Path) -> None:
    broker = local_broker(tmp_path)
    backend = Backend(tmp_path, broker.port)
    backend.start()
    try:
        wait_for(lambda: f"127.0.0.1:{broker.port} cannot be reached" in backend.complaints())
        with broker, Consumer(broker.port, "booth") as client:
            booth = Booth(client, 1)
            wait_for(lambda: booth.probed(tmp_path / "lines"))
    finally:
        backend.kill()


def test_a_broker_that_does_not_let_it_in_is_told(tmp_path: Path) -> None:
    with local_broker(tmp_path, "allow_anonymous false") as broker:
        backend = Backend(tmp_path, broker.port)
        backend.start()
        try:
            wait_for(lambda: "the broker refuses: Not authorized" in backend.complaints())
        finally:
            backend.kill()


def test_it_listens_over_tls_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "keys")
    server, own = authority.sign("broker", host="127.0.0.1"), authority.sign("backend")
    port = free_port()
    secured = (
        f"listener {port} 127.0.0.1\nrequire_certificate true\n"
        f"cafile {authority.ca}\ncertfile {server.cert}\nkeyfile {server.key}"
    )
    with local_broker(tmp_path, secured) as broker, Consumer(broker.port, "booth") as client:
        booth = Booth(client, 1)
        keys = ("--ca", authority.ca, "--cert", own.cert, "--key", own.key)
        backend = Backend(tmp_path, port, *map(str, keys))
        backend.start()
        try:
            wait_for(lambda: booth.probed(tmp_path / "lines"))
        finally:
            backend.kill()


def test_a_missing_certificate_of_the_broker_ends_it_with_its_name(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(PROGRAM),
        str(tmp_path / "a"),
        "127.0.0.1",
        "--ca",
        str(tmp_path / "ca.pem"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode != 0
    assert "No such file" in done.stderr
