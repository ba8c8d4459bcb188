"""From outbox to acknowledged: the uplink and a bare paho loop take turns on one broker; events a second come out."""

from __future__ import annotations

import select
import statistics
import time
from pathlib import Path
from typing import Any, NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from appliance.uplink.broker import LocalBroker
from appliance.uplink.life import Life
from appliance.uplink.mqtt import SPARE, WINDOW
from appliance.uplink.outbox import Outbox
from appliance.uplink.topics import topic
from tests.uplink.builders import booth_settings, payloads

EVENTS = 20_000
ROUNDS = 5
GOAL = 0.7


class Round(NamedTuple):
    """Events a second, of each in one round."""

    booth: float
    bare: float

    @property
    def ratio(self) -> float:
        """Of the booth to the bare loop."""
        return self.booth / self.bare


def measure(folder: Path, events: int = EVENTS, rounds: int = ROUNDS) -> list[Round]:
    """Rounds in which both publish the same payloads with the same QoS and window; the bare one without properties."""
    messages = payloads(events)
    found = []
    with LocalBroker(folder / "broker", extra="max_inflight_messages 0\nmax_queued_messages 0") as broker:
        for number in range(rounds):
            booth = booth_rate(folder / f"booth-{number}", broker, messages)
            found.append(Round(booth, bare_rate(broker.port, messages)))
    return found


def booth_rate(folder: Path, broker: LocalBroker, messages: list[bytes]) -> float:
    """Events a second through the uplink's own code, from rows on disk to a disk without them.

    No grace: else the deletions would fall after the time that is measured.
    """
    settings = booth_settings(folder, broker.url)
    outbox = Outbox(settings.folders.state / "outbox.sqlite")
    for message in messages:
        outbox.add("exception", message)
    life = Life(settings, outbox, lambda _now_s: None, time.monotonic())
    life.drain.grace_s = 0.0
    poll = select.poll()
    while life.report.state != "online":
        life.step(time.monotonic())
        time.sleep(0.01)
    poll.register(life.fileno(), select.POLLIN)
    begun_s = time.monotonic()
    while outbox.rows():
        due_s = life.step(time.monotonic())
        poll.poll(max(0.0, due_s - time.monotonic()) * 1000)
    spent_s = time.monotonic() - begun_s
    life.close()
    outbox.close()
    return len(messages) / spent_s


def bare_rate(port: int, messages: list[bytes]) -> float:
    """Events a second through paho's own loop and queue, from memory."""
    answered = 0

    def count(*_all: Any) -> None:
        nonlocal answered
        answered += 1

    client = paho.Client(CallbackAPIVersion.VERSION2, "bare", protocol=paho.MQTTv5)
    client.max_inflight_messages = WINDOW + SPARE
    client.on_publish = count
    client.connect("127.0.0.1", port)
    while not client.is_connected():
        client.loop(0.1)
    where = topic("new-york", "bare", "exception")
    begun_s = time.monotonic()
    for message in messages:
        client.publish(where, message, 1)
    while answered < len(messages):
        client.loop(0.1)
    spent_s = time.monotonic() - begun_s
    client.disconnect()
    return len(messages) / spent_s


def median_ratio(rounds: list[Round]) -> float:
    """Of the rounds, each compared within itself."""
    return statistics.median(found.ratio for found in rounds)
