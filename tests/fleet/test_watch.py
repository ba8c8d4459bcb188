"""`booth watch` against a real broker: lines for people, JSON for programs, and a clear end."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.fleet.watch import watch
from appliance.uplink.address import Broker
from appliance.uplink.broker import LocalBroker, find_mosquitto, free_port
from appliance.uplink.command import command_from_payload
from appliance.uplink.message import LinkLostError
from tests.uplink.authority import LOOPBACK, Authority
from tests.uplink.builders import payloads
from tests.uplink.consumer import Consumer, wait_for

WATCH = """
import sys
from appliance.uplink.address import Broker
from appliance.fleet.watch import watch
watch(Broker(sys.argv[1]), None, sys.argv[2] == "json")
print("over", flush=True)
"""
STATUS = b'{"schema":"status/1","state":"online","camera":"ok"}'


def publish(backend: Consumer) -> None:
    backend.publish("booth/v1/new-york/desk/status", STATUS, retain=True)
    backend.publish("booth/v1/madrid/sol/status", STATUS, retain=True)


def test_json_has_one_line_per_message(broker: LocalBroker, capsys: pytest.CaptureFixture[str]) -> None:
    with Consumer(broker.port) as backend:
        publish(backend)
        watch(Broker(broker.url), as_json=True, seconds=0.8)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert {line["topic"] for line in lines} == {
            "booth/v1/new-york/desk/status",
            "booth/v1/madrid/sol/status",
        }
        assert lines[0]["payload"] == json.loads(STATUS)
        asked = [command_from_payload(message.payload).name for message in backend.of("command")]
        assert asked == ["request-status"] * 2


def test_it_listens_behind_mutual_tls(tmp_path: Path) -> None:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    authority = Authority(tmp_path / "keys")
    server, own = authority.sign("broker", host=LOOPBACK), authority.sign("operator")
    port = free_port()
    lines = [f"listener {port} {LOOPBACK}", f"cafile {authority.ca}", f"certfile {server.cert}"]
    lines += [f"keyfile {server.key}", "require_certificate true"]
    command = [sys.executable, "-m", "appliance", "watch", "--json", "--seconds", "1"]
    command += ["--broker", f"mqtts://{LOOPBACK}:{port}", "--ca", str(authority.ca)]
    keys = ["--cert", str(own.cert), "--key", str(own.key)]
    with LocalBroker(tmp_path / "broker", extra="\n".join(lines)) as broker, Consumer(broker.port) as backend:
        publish(backend)
        out = subprocess.run([*command, *keys], capture_output=True, text=True, check=True).stdout
        assert len(out.splitlines()) == 2
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert refused.stderr.startswith("booth: mqtts://")


def test_one_city_is_all_that_is_heard(broker: LocalBroker, capsys: pytest.CaptureFixture[str]) -> None:
    with Consumer(broker.port) as backend:
        publish(backend)
        watch(Broker(broker.url), city="madrid", seconds=0.8)
    out = capsys.readouterr().out
    assert out.startswith("madrid/sol status ")
    assert "new-york" not in out


@pytest.mark.parametrize("form", ["json", "lines"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(broker: LocalBroker, form: str, number: int) -> None:
    with Consumer(broker.port) as backend, watching(broker, form) as child:
        assert child.stdout is not None
        publish(backend)
        assert "status" in child.stdout.readline()
        backend.publish("booth/v1/new-york/desk/exception", payloads(1)[0])
        wait_for(lambda: "exception" in (child.stdout.readline() if child.stdout else ""))
        child.send_signal(number)
        assert child.stdout.read() == "over\n"
        assert child.wait(5) == 0


def test_it_ends_with_its_reader_before_the_next_message(broker: LocalBroker) -> None:
    with Consumer(broker.port) as backend, watching(broker, "json") as child:
        assert child.stdout is not None
        publish(backend)
        assert "status" in child.stdout.readline()
        child.stdout.close()
        assert child.wait(10) == 0
        assert child.stderr is not None
        assert child.stderr.read() == ""


def test_a_signal_ends_it_even_when_nobody_reads(broker: LocalBroker) -> None:
    with Consumer(broker.port) as backend, watching(broker, "json") as child:
        publish(backend)
        for payload in payloads(400):
            backend.publish("booth/v1/new-york/desk/exception", payload)
        assert child.stdout is not None
        # More than a pipe holds is on its way now, and the child waits for room.
        wait_for(lambda: select.select([child.stdout], [], [], 0)[0])
        time.sleep(0.5)
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0


@contextmanager
def watching(broker: LocalBroker, form: str) -> Iterator[subprocess.Popen[str]]:
    """`booth watch` in a process of its own; it says "over" when it returns."""
    command = [sys.executable, "-c", WATCH, broker.url, form]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def test_programs_are_told_that_the_broker_is_away() -> None:
    broker = Broker(f"mqtt://127.0.0.1:{free_port()}")
    with pytest.raises(LinkLostError, match="connection refused"):
        watch(broker, as_json=True)
    with pytest.raises(LinkLostError, match="connection refused"):
        watch(broker, seconds=5)


def test_people_are_told_and_it_tries_again() -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    command = [sys.executable, "-c", WATCH, url, "lines"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        assert child.stdout is not None
        assert "connection refused" in child.stderr.readline()
        child.send_signal(signal.SIGINT)
        assert child.stdout.read() == "over\n"


@pytest.mark.parametrize("city", ["", "+", "#", "New York"])
def test_a_city_that_cannot_be_is_named(city: str) -> None:
    with pytest.raises(BoothError, match="--city"):
        watch(Broker("mqtt://127.0.0.1"), city)
