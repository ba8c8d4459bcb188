"""A real booth on a real broker, message by message against the contract: schema, QoS, retained, expiry, type."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from appliance.config import Uplink
from appliance.uplink.broker import LocalBroker
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.uplink.packets import LARGEST_IN, MOST_IN
from appliance.uplink.papers import read_schema, whole_document
from appliance.uplink.process import run_uplink
from appliance.uplink.report import LASTS
from appliance.uplink.topics import EXPIRY_S, UP, split_topic
from tests.uplink.builders import booth_settings, payloads
from tests.uplink.consumer import wait_for

COMMAND = "booth/v1/new-york/desk/command"


@pytest.fixture(scope="module")
def bindings() -> dict[str, dict[str, Any]]:
    """Kind of topic -> MQTT binding of its operation."""
    document = whole_document()
    found = {}
    for operation in document["operations"].values():
        channel = document["channels"][operation["channel"]["$ref"].rsplit("/")[-1]]
        found[channel["address"].split("/", 4)[4]] = operation["bindings"]["mqtt"]
    return found


@contextmanager
def overheard(port: int) -> Iterator[tuple[paho.Client, list[paho.MQTTMessage]]]:
    """Everything that booths send from now on, as it was published."""
    heard: list[paho.MQTTMessage] = []
    subscribed = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, "ear", protocol=paho.MQTTv5)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _data, message: heard.append(message)
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe("booth/v1/#", options=SubscribeOptions(qos=1, retainAsPublished=True))
    assert subscribed.wait(10)
    try:
        yield client, heard
    finally:
        client.disconnect()
        client.loop_stop()


def kind_of(message: paho.MQTTMessage) -> str:
    topic = split_topic(message.topic)
    assert topic, message.topic
    return topic.kind


def test_the_document_says_what_the_code_does(bindings: dict[str, dict[str, Any]]) -> None:
    usual = Uplink()
    expiry_s = {**dict.fromkeys(UP), **EXPIRY_S, "status": round(LASTS * usual.status_every_s)}
    assert {kind: bindings[kind].get("messageExpiryInterval") for kind in UP} == expiry_s
    server = whole_document()["components"]["serverBindings"]["booth"]["mqtt"]
    assert (server["keepAlive"], server["sessionExpiryInterval"]) == (usual.keepalive_s, usual.session_s)
    assert (server["maximumPacketSize"], server["x-receiveMaximum"]) == (LARGEST_IN, MOST_IN)


def test_every_message_of_a_booths_life_keeps_the_contract(
    broker: LocalBroker, tmp_path: Path, bindings: dict[str, dict[str, Any]]
) -> None:
    settings = booth_settings(tmp_path, broker.url)
    outbox = Outbox(settings.folders.state / OUTBOX)
    for payload in payloads(5):
        outbox.add("exception", payload)
    stop = threading.Event()
    with overheard(broker.port) as (client, heard), ThreadPoolExecutor(1) as threads:
        life = threads.submit(run_uplink, settings, stop)
        try:
            first = {"status", "health", "exception", "config/reported"}
            wait_for(lambda: first <= {kind_of(message) for message in heard})
            for wish in ("request-status", "reboot"):
                asked = {"schema": "command/1", "id": wish, "command": wish}
                client.publish(COMMAND, json.dumps(asked), qos=1).wait_for_publish(5)
            wait_for(lambda: sum(kind_of(message) == "command/reply" for message in heard) == 2)
        finally:
            stop.set()
        life.result(10)
        wait_for(lambda: b'"offline"' in heard[-1].payload)
    sent = [message for message in heard if kind_of(message) in UP]
    for message in sent:
        check(message, bindings[kind_of(message)])
    assert len([message for message in sent if kind_of(message) == "exception"]) == 5


def check(message: paho.MQTTMessage, binding: dict[str, Any]) -> None:
    values = json.loads(message.payload)
    kind, version = values["schema"].split("/")
    assert version == "1"
    jsonschema.validate(values, read_schema(kind), jsonschema.Draft202012Validator)
    assert (message.qos, message.retain) == (binding["qos"], binding["retain"])
    assert message.properties is not None
    properties = message.properties.json()  # type: ignore[no-untyped-call]
    assert (properties["ContentType"], properties["PayloadFormatIndicator"]) == ("application/json", 1)
    lasts_s = None if values.get("state") == "offline" else binding.get("messageExpiryInterval")
    assert properties.get("MessageExpiryInterval") == pytest.approx(lasts_s, abs=5)
