"""Messages over one connection to the broker, MQTT 5: they go in and out, acknowledgements with reason codes come back.

Whoever made the Link calls everything; see wire.py for the connection itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties

from appliance.uplink.address import Broker
from appliance.uplink.flight import Flight
from appliance.uplink.keys import KeyWatch
from appliance.uplink.message import Ack, LinkLostError, Message
from appliance.uplink.packets import publish_properties, will_properties
from appliance.uplink.wire import ANSWER_S, Wire

SILENCE_S = 60.0
"Without one acknowledgement while messages are on the way; a broker may be alive and stuck."
WINDOW = 64
"Messages on the way at once; the broker may ask for fewer (Receive Maximum)."
SPARE = 4
"Of what the broker takes at once, kept for status and replies."
NOWHERE = "booth/v1"
"A topic that nobody subscribes to."


class Link(Wire):
    """A connection with its messages."""

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        will: Message | None = None,
        session_s: int = 0,
        keys: KeyWatch | None = None,
    ) -> None:
        super().__init__(broker, client_id, session_s, keys)
        self.deaf = ""
        "Why the broker gives us no messages; '' while it does."
        self.window = WINDOW
        "Events that may be on the way at once."
        self.largest = 1 << 28
        "Bytes of a packet that the broker takes."
        self._flight = Flight(WINDOW + SPARE, time.monotonic())
        self._acks: list[Ack] = []
        self._inbox: list[Message] = []
        # Ours is the window: paho knows nothing of what the broker asks for.
        self._client.max_inflight_messages = 0
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        if will:
            self._client.will_set(*will[:4], will_properties())

    def open(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Dial and wait until the broker lets us in or `stopped`. Raises LinkLostError saying why not."""
        self.dial()
        deadline_s = time.monotonic() + ANSWER_S
        while not (self.connected or stopped()):
            self.turn(0.1)
            if time.monotonic() > deadline_s:
                raise self.unanswered()

    def unanswered(self) -> LinkLostError:
        """What to raise when nobody let us in for ANSWER_S."""
        return LinkLostError(f"{self.broker.url}: no answer in {ANSWER_S:.0f} s; is it a broker?")

    def turn(self, timeout_s: float) -> None:
        """As of the wire; a broker that acknowledges nothing for SILENCE_S counts as lost, too."""
        super().turn(timeout_s)
        if self._flight.silent_s(time.monotonic()) > SILENCE_S:
            raise LinkLostError(f"{self.broker.url}: acknowledges nothing; look at its log and its load")

    def send(self, message: Message) -> int:
        """Publish; returns the number that its Ack will carry. Raises LinkLostError when not connected."""
        number = self._flight.number()
        if not (message.qos and self._flight.full()):
            self._publish(number, message)
        elif not self._flight.hold(number, message):
            raise LinkLostError(f"{self.broker.url}: acknowledges too little; look at its load")
        return number

    def _publish(self, number: int, message: Message) -> None:
        info = self._client.publish(*message[:4], properties=publish_properties(message.expiry_s))
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise LinkLostError(f"{self.broker.url}: {paho.error_string(info.rc).lower()}")
        if message.qos:
            self._flight.depart(number, info.mid, time.monotonic())

    def subscribe(self, *topics: str) -> None:
        """Ask for `topics`, QoS 1; their messages come out of take_messages()."""
        self._client.subscribe([(topic, 1) for topic in topics])

    def ask(self) -> None:
        """Have the broker answer. Pings are paho's own, so this is to leave a topic that we never subscribed to."""
        self._client.unsubscribe(NOWHERE)

    def take_acks(self) -> list[Ack]:
        """Acknowledgements since the last call."""
        acks, self._acks = self._acks, []
        return acks

    def take_messages(self) -> list[Message]:
        """Messages since the last call, in order."""
        inbox, self._inbox = self._inbox, []
        return inbox

    def idle(self) -> bool:
        """True while nothing waits for an acknowledgement."""
        return self._flight.empty()

    def _let_in(self, properties: Properties | None) -> None:
        self._flight.most = min(WINDOW + SPARE, getattr(properties, "ReceiveMaximum", 65_535))
        self.window = max(1, self._flight.most - SPARE)
        self.largest = getattr(properties, "MaximumPacketSize", self.largest)

    def _on_publish(self, _client: Any, _data: Any, mid: int, code: Any, _properties: Any) -> None:
        number = self._flight.land(mid, time.monotonic())
        if number is not None:  # else of QoS 0: paho tells that it was written
            self._acks.append(Ack(number, code.value, str(code)))
            waiting = self._flight.next()
            if waiting:
                self._publish(*waiting)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:  # a malformed packet (MQTT 5, 1.5.4)
            raise LinkLostError(f"{self.broker.url}: sends what is no topic; is it a broker?") from None
        self._inbox.append(Message(topic, bytes(message.payload), message.qos, message.retain))

    def _on_subscribe(self, _client: Any, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        refused = next((code for code in codes if code.is_failure), None)
        if refused:
            self.deaf = (
                f"{self.broker.url}: refuses our subscription ({str(refused).lower()}); mend its access list"
            )
