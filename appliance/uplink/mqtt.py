"""One connection to the broker, MQTT 5: messages go in and out, acknowledgements with reason codes come back.

No thread of its own: whoever made the Link calls everything, and paho's callbacks run inside turn(). A Link
is opened once; after a loss a new one is made, so that paho's queue, which knows no disk, dies with it.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from appliance.health.clock import read_clock
from appliance.uplink.address import Broker
from appliance.uplink.flight import Flight
from appliance.uplink.keys import KeyWatch
from appliance.uplink.message import REFUSED, Ack, LinkLostError, Message
from appliance.uplink.packets import connect_properties, publish_properties, will_properties

CONNECT_S = 10.0
"To reach the broker's port, and again to agree on TLS."
ANSWER_S = 10.0
"To be let in by a broker that was reached."
SILENCE_S = 60.0
"Without one acknowledgement while messages are on the way; a broker may be alive and stuck."
WINDOW = 64
"Messages on the way at once; the broker may ask for fewer (Receive Maximum)."
NOWHERE = "booth/v1"
SPARE = 4
"Of what the broker takes at once, kept for status and replies."


class Link:
    """One connection. Raises BoothError where the TLS files cannot be used.

    `session_s`: for so long after a loss the broker keeps what is meant for `client_id`. `keys`: those that are
    in use; None reads those of `broker`.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        will: Message | None = None,
        session_s: int = 0,
        keys: KeyWatch | None = None,
    ) -> None:
        self.broker = broker
        self.connected = False
        "The broker has let us in, and the connection stands."
        self._greeted = False
        self.heard_s = float("-inf")
        "Monotonic seconds when something came from the broker last."
        self.deaf = ""
        "Why the broker gives us no messages; '' while it does."
        self.window = WINDOW
        "Events that may be on the way at once."
        self.largest = 1 << 28
        "Bytes of a packet that the broker takes."
        self._flight = Flight(WINDOW + SPARE, time.monotonic())
        self._acks: list[Ack] = []
        self._inbox: list[Message] = []
        self._reason = ""
        self._said = ""
        self._poll = select.poll()
        self._session_s = session_s
        self._keys = keys
        self._client = self._make_client(client_id, will)
        if broker.tls:
            self._client.tls_set_context(keys.context if keys else broker.tls_context())

    def _make_client(self, client_id: str, will: Message | None) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv5)
        client.connect_timeout = CONNECT_S
        # Ours is the window: paho knows nothing of what the broker asks for.
        client.max_inflight_messages = 0
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        # A refusal of our certificate comes after the handshake, and paho tells it to its log only.
        client.on_log = self._on_log
        if will:
            client.will_set(will.topic, will.payload, will.qos, will.retain, will_properties())
        return client

    def dial(self) -> None:
        """Find the broker, reach it, agree on TLS, ask to be let in. Raises LinkLostError saying why not.

        May run in another thread than the rest, while nobody calls anything else.
        """
        broker = self.broker
        properties = connect_properties(self._session_s)
        clean = not self._session_s
        try:
            self._client.connect(
                broker.host, broker.port, broker.keepalive_s, clean_start=clean, properties=properties
            )
        except (OSError, ValueError) as error:
            raise LinkLostError(broker.explain(error, self._certificate())) from None

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

    def fileno(self) -> int:
        """For a selector; -1 without a socket."""
        sock = self._client.socket()
        return -1 if sock is None else sock.fileno()

    def wants_write(self) -> bool:
        """True while bytes wait for room in the socket."""
        return self._client.want_write()

    def turn(self, timeout_s: float) -> None:
        """Receive and send, waiting for at most `timeout_s`. Raises LinkLostError when the connection is gone."""
        sock = self._client.socket()
        if sock is None:
            raise self._lost(MQTTErrorCode.MQTT_ERR_NO_CONN)
        events = self._wait(sock, timeout_s)
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        if events & ~select.POLLOUT:
            result = self._read(sock)
        if not result and events & select.POLLOUT:
            result = self._client.loop_write()
        result = result or self._client.loop_misc()
        if result or self._reason:
            raise self._lost(result)
        if self._flight.silent_s(time.monotonic()) > SILENCE_S:
            raise LinkLostError(f"{self.broker.url}: acknowledges nothing; look at its log and its load")

    def _wait(self, sock: Any, timeout_s: float) -> int:
        """Events of poll(2) on the socket; bytes that TLS has unpacked already are not in the kernel."""
        if _unpacked(sock):
            return select.POLLIN
        wanted = select.POLLIN | (select.POLLOUT if self._client.want_write() else 0)
        self._poll.register(sock, wanted)
        ready = self._poll.poll(timeout_s * 1000)
        return ready[0][1] if ready else 0

    def _read(self, sock: Any) -> MQTTErrorCode:
        result = self._client.loop_read()
        while not result and _unpacked(sock):
            result = self._client.loop_read()
        if not result:
            self.heard_s = time.monotonic()
        return result

    def _lost(self, result: MQTTErrorCode) -> LinkLostError:
        self.connected = False
        if not (self._greeted or self._reason):
            return LinkLostError(self.broker.explain_loss(self._said, self._certificate()))
        explained = self._reason or paho.error_string(result).rstrip(".").lower()
        return LinkLostError(f"{self.broker.url}: {explained}; start the broker there or mend its address")

    def _certificate(self) -> str:
        return self._keys.certificate(read_clock()) if self._keys else ""

    def send(self, message: Message) -> int:
        """Publish; returns the number that its Ack will carry. Raises LinkLostError when not connected."""
        number = self._flight.number()
        if not (message.qos and self._flight.full()):
            self._publish(number, message)
        elif not self._flight.hold(number, message):
            raise LinkLostError(f"{self.broker.url}: acknowledges too little; look at its load")
        return number

    def _publish(self, number: int, message: Message) -> None:
        properties = publish_properties(message.expiry_s)
        info = self._client.publish(*message[:4], properties=properties)
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

    def leave(self) -> None:
        """Say good-bye, so that the broker does not send the will; paho closes the socket at once."""
        if self.connected:
            self._client.disconnect()

    def close(self) -> None:
        """Let go of the socket; without leave() the broker sends the will."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()
        self.connected = False

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, code: Any, properties: Any) -> None:
        client.on_log = None
        if code.value >= REFUSED:
            self._reason = f"the broker refuses us ({str(code).lower()})"
            return
        self.connected = self._greeted = True
        self._flight.most = min(WINDOW + SPARE, getattr(properties, "ReceiveMaximum", 65_535))
        self.window = max(1, self._flight.most - SPARE)
        self.largest = getattr(properties, "MaximumPacketSize", self.largest)

    def _on_disconnect(self, _client: Any, _data: Any, flags: Any, code: Any, _properties: Any) -> None:
        if self.connected and flags.is_disconnect_packet_from_server:
            self._reason = f"the broker hung up ({str(code).lower()})"
        self.connected = False

    def _on_publish(self, _client: Any, _data: Any, mid: int, code: Any, _properties: Any) -> None:
        number = self._flight.land(mid, time.monotonic())
        if number is not None:  # else of QoS 0: paho tells that it was written
            self._acks.append(Ack(number, code.value, str(code)))
            waiting = self._flight.next()
            if waiting:
                self._publish(*waiting)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self._inbox.append(Message(message.topic, bytes(message.payload), message.qos, message.retain))

    def _on_subscribe(self, _client: Any, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        refused = next((code for code in codes if code.is_failure), None)
        if refused:
            self.deaf = (
                f"{self.broker.url}: refuses our subscription ({str(refused).lower()}); mend its access list"
            )

    def _on_log(self, _client: Any, _data: Any, level: int, text: str) -> None:
        if level == paho.MQTT_LOG_ERR:
            self._said = text


def _unpacked(sock: Any) -> bool:
    return hasattr(sock, "pending") and sock.pending() > 0


def _send_at_once(_client: Any, _data: Any, sock: Any) -> None:
    """An event is small and shall not wait for the next one (tcp(7), TCP_NODELAY)."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
