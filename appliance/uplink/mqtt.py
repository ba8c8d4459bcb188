"""One connection to the broker, MQTT 5: messages go in and out, acknowledgements with reason codes come back.

No thread of its own: whoever made the Link calls everything, and paho's callbacks run inside turn(). A Link
is opened once; after a loss a new one is made, so that paho's queue, which knows no disk, dies with it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.errors import BoothError
from appliance.uplink.address import Broker

CONNECT_S = 3.0
"To reach the broker's port; short, because nothing else is done meanwhile."
ANSWER_S = 10.0
"To be let in by a broker that was reached."
REFUSED = 0x80
"MQTT 5, 2.4: reason codes from here on are failures; 0x10 (no subscriber) is a success."
WINDOW = 16
"Messages on the way at once; the broker may ask for fewer."

SPARE = 4
"Of what the broker takes at once, kept for status and replies; paho sends 20 at the most."


class LinkLostError(BoothError):
    """No connection to the broker; try again later."""


class Message(NamedTuple):
    """What travels."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Ack(NamedTuple):
    """The broker's answer to one message of QoS 1."""

    mid: int
    "As Link.send() returned it."
    code: int
    "MQTT 5 reason code; a failure from REFUSED on."
    text: str


def pause_s(attempt: int, draw: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait before attempt `attempt`, from 1: random, so that a city's booths spread; below 58."""
    return draw(0, 1.5 ** min(10, attempt))


class Link:
    """One connection. Raises BoothError where the TLS files cannot be used."""

    def __init__(self, broker: Broker, client_id: str, will: Message | None = None) -> None:
        self.broker = broker
        self.window = WINDOW
        self._acks: list[Ack] = []
        self._inbox: list[Message] = []
        self._connected = False
        self._reason = ""
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv5)
        self._client.connect_timeout = CONNECT_S
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        if will:
            properties = _json_properties(PacketTypes.WILLMESSAGE)
            self._client.will_set(will.topic, will.payload, will.qos, will.retain, properties)
        if broker.tls:
            self._client.tls_set_context(broker.tls_context())

    def open(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Connect and wait until the broker lets us in or `stopped`. Raises LinkLostError saying why not."""
        broker = self.broker
        try:
            self._client.connect(broker.host, broker.port, broker.keepalive_s, clean_start=True)
        except (OSError, ValueError) as error:
            raise LinkLostError(broker.explain(error)) from None
        deadline_s = time.monotonic() + ANSWER_S
        while not (self._connected or stopped()):
            self.turn(0.1)
            if time.monotonic() > deadline_s:
                raise LinkLostError(f"{broker.url}: no answer in {ANSWER_S:.0f} s; is it a broker?")

    def turn(self, timeout_s: float) -> None:
        """Receive and send for at most `timeout_s`. Raises LinkLostError when the connection is gone."""
        result = self._client.loop(timeout_s)
        if result != MQTTErrorCode.MQTT_ERR_SUCCESS or self._reason:
            reason = self._reason or paho.error_string(result).rstrip(".").lower()
            raise LinkLostError(f"{self.broker.url}: {reason}; start the broker there or mend its address")

    def send(self, message: Message) -> int:
        """Publish; returns the id that its Ack will carry. Raises LinkLostError when not connected."""
        info = self._client.publish(*message, properties=_json_properties(PacketTypes.PUBLISH))
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise LinkLostError(f"{self.broker.url}: {paho.error_string(info.rc).lower()}")
        return info.mid

    def subscribe(self, topic: str) -> None:
        """Ask for `topic`, QoS 1; its messages come out of take_messages()."""
        self._client.subscribe(topic, qos=1)

    def take_acks(self) -> list[Ack]:
        """Acknowledgements since the last call."""
        acks, self._acks = self._acks, []
        return acks

    def take_messages(self) -> list[Message]:
        """Messages since the last call, in order."""
        inbox, self._inbox = self._inbox, []
        return inbox

    def leave(self) -> None:
        """Say good-bye, so that the broker does not send the will."""
        if self._connected:
            self._client.disconnect()
            self._client.loop(0.1)

    def close(self) -> None:
        """Let go of the socket; without leave() the broker sends the will."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()
        self._connected = False

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, code: Any, properties: Any) -> None:
        if code.value >= REFUSED:
            self._reason = f"the broker refuses us ({str(code).lower()})"
            return
        self._connected = True
        most: int = getattr(properties, "ReceiveMaximum", WINDOW + SPARE)
        self.window = max(1, min(WINDOW, most - SPARE))

    def _on_disconnect(self, _client: Any, _data: Any, flags: Any, code: Any, _properties: Any) -> None:
        if self._connected and flags.is_disconnect_packet_from_server:
            self._reason = f"the broker hung up ({str(code).lower()})"
        self._connected = False

    def _on_publish(self, _client: Any, _data: Any, mid: int, code: Any, _properties: Any) -> None:
        self._acks.append(Ack(mid, code.value, str(code)))

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self._inbox.append(Message(message.topic, bytes(message.payload), message.qos, message.retain))


def _json_properties(packet: int) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]
    properties.ContentType = "application/json"
    return properties
