"""The demo's subscriber against a real broker that dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt import publish
from paho.mqtt.client import MQTTv5

from appliance.demo.listener import Listener
from appliance.uplink.broker import LocalBroker, find_mosquitto
from appliance.uplink.event import ExceptionEvent
from tests.demo.rehearsal import event_payload

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")
PATIENCE_S = 10.0
TOPIC = "booth/v1/new-york/demo/exception"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    with LocalBroker(tmp_path) as started:
        yield started


@pytest.fixture
def listener(broker: LocalBroker) -> Iterator[Listener]:
    made = Listener(broker.port, "new-york", "demo")
    made.start()
    assert until(made.listening)
    yield made
    made.close()


def until(what: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + PATIENCE_S
    while not what() and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return what()


def send(broker: LocalBroker, *payloads: bytes, topic: str = TOPIC) -> None:
    for payload in payloads:
        publish.single(topic, payload, qos=1, hostname="127.0.0.1", port=broker.port, protocol=MQTTv5)


def ids_after(listener: Listener, count: int) -> list[str]:
    events: list[ExceptionEvent] = []

    def enough() -> bool:
        events.extend(listener.take())
        return len(events) >= count

    assert until(enough)
    return [event.id for event in events]


def test_a_repeated_event_counts_once(broker: LocalBroker, listener: Listener) -> None:
    first, second = event_payload("demo-00000001-1"), event_payload("demo-00000001-2")
    send(broker, first, first, second)
    assert ids_after(listener, 2) == ["demo-00000001-1", "demo-00000001-2"]
    assert listener.distinct == 2


def test_foreign_messages_are_left_out(broker: LocalBroker, listener: Listener) -> None:
    send(broker, b"", b"{}", b"\xff" * 2000, event_payload("demo-00000001-1"))
    send(broker, event_payload("demo-00000001-9"), topic="booth/v1/new-york/other/exception")
    send(broker, event_payload("demo-00000001-2"))
    assert ids_after(listener, 2) == ["demo-00000001-1", "demo-00000001-2"]


def test_what_comes_before_the_subscriber_is_back_is_kept_for_it(
    broker: LocalBroker, listener: Listener
) -> None:
    time.sleep(1.2)  # a session is on the broker's disk a second after it began
    broker.kill()
    assert until(lambda: not listener.connected())
    broker.start()
    send(broker, event_payload("demo-00000001-1"))
    assert ids_after(listener, 1) == ["demo-00000001-1"]


def test_a_broker_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path)
    listener = Listener(broker.port, "new-york", "demo")
    listener.start()
    assert not listener.connected()
    with broker:
        assert until(listener.listening)
        send(broker, event_payload("demo-00000001-1"))
        assert ids_after(listener, 1) == ["demo-00000001-1"]
    listener.close()
