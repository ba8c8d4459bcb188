"""A backend as it should be: a session that outlives its connection, quickly back, remembering everything."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.uplink.message import Message
from appliance.uplink.topics import split_topic


def wait_for(fact: Callable[[], Any], seconds: float = 15.0) -> Any:
    """First true value of `fact`; an AssertionError when it does not come."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        value = fact()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"did not happen in {seconds} s")


class Consumer:
    """Subscribed to all booths from `with` to its end."""

    def __init__(self, port: int, name: str = "backend") -> None:
        self.messages: list[Message] = []
        self.subscribed = 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv5)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_rest: client.subscribe("booth/v1/#", qos=1)
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = 600
        self._client.connect("127.0.0.1", port, clean_start=False, properties=session)

    def of(self, kind: str) -> list[Message]:
        """Messages of one kind so far, in order."""
        found = []
        for message in list(self.messages):
            topic = split_topic(message.topic)
            if topic and topic.kind == kind:
                found.append(message)
        return found

    def ids(self) -> list[str]:
        """Ids of the exceptions, in order of their first arrival."""
        return list(dict.fromkeys(json.loads(message.payload)["id"] for message in self.of("exception")))

    def last_status(self) -> dict[str, Any]:
        found = self.of("status")
        values: dict[str, Any] = json.loads(found[-1].payload) if found else {}
        return values

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        self._client.publish(topic, payload, 1, retain).wait_for_publish(5)

    def __enter__(self) -> Consumer:
        self._client.loop_start()
        wait_for(lambda: self.subscribed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_subscribe(self, *_all: Any) -> None:
        self.subscribed += 1

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self.messages.append(Message(message.topic, bytes(message.payload), message.qos, message.retain))
