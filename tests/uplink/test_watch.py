"""`booth watch` against a real broker: lines for people, JSON for programs, and a clear end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from appliance.errors import BoothError
from appliance.uplink.address import Broker
from appliance.uplink.broker import LocalBroker, free_port
from appliance.uplink.command import command_from_payload
from appliance.uplink.message import LinkLostError
from appliance.uplink.watch import watch
from tests.uplink.builders import payloads
from tests.uplink.consumer import Consumer, wait_for

WATCH = """
import sys
from appliance.uplink.address import Broker
from appliance.uplink.watch import watch
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


def test_one_city_is_all_that_is_heard(broker: LocalBroker, capsys: pytest.CaptureFixture[str]) -> None:
    with Consumer(broker.port) as backend:
        publish(backend)
        watch(Broker(broker.url), city="madrid", seconds=0.8)
    out = capsys.readouterr().out
    assert out.startswith("madrid/sol status ")
    assert "new-york" not in out


@pytest.mark.parametrize("form", ["json", "lines"])
def test_ctrl_c_ends_it_well(broker: LocalBroker, form: str) -> None:
    command = [sys.executable, "-c", WATCH, broker.url, form]
    with (
        Consumer(broker.port) as backend,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child,
    ):
        assert child.stdout is not None
        publish(backend)
        assert "status" in child.stdout.readline()
        backend.publish("booth/v1/new-york/desk/exception", payloads(1)[0])
        wait_for(lambda: "exception" in (child.stdout.readline() if child.stdout else ""))
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        assert "over" in child.stdout.read()
        assert child.wait(5) == 0


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
