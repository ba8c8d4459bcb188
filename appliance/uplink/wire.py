"""The connection under the messages: a paho client goes in; its socket is served, and why it was lost comes out.

No thread of its own: paho's callbacks run inside turn(). A wire is dialled once; after a loss a new one is made, so
that paho's queue, which knows no disk, dies with it.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties

from appliance.health.clock import read_clock
from appliance.uplink.address import Broker
from appliance.uplink.keys import KeyWatch
from appliance.uplink.message import REFUSED, LinkLostError
from appliance.uplink.packets import connect_properties

CONNECT_S = 10.0
"To reach the broker's port, and again to agree on TLS."
ANSWER_S = 10.0
"To be let in by a broker that was reached."


class Wire:
    """One connection. Raises BoothError where the TLS files cannot be used.

    `session_s`: for so long after a loss the broker keeps what is meant for `client_id`. `keys`: those that are
    in use; None reads those of `broker`.
    """

    def __init__(self, broker: Broker, client_id: str, session_s: int, keys: KeyWatch | None) -> None:
        self.broker = broker
        self.connected = False
        "The broker has let us in, and the connection stands."
        self.heard_s = float("-inf")
        "Monotonic seconds when something came from the broker last."
        self.clean_start = not session_s
        "What the broker has kept for us, it shall forget (MQTT 5, 3.1.2.4)."
        self._greeted = False
        self._reason = ""
        self._said = ""
        self._poll = select.poll()
        self._session_s = session_s
        self._keys = keys
        self._client = self._make_client(client_id)
        if broker.tls:
            self._client.tls_set_context(keys.context if keys else broker.tls_context())

    def _make_client(self, client_id: str) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv5)
        client.connect_timeout = CONNECT_S
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        # A refusal of our certificate comes after the handshake, and paho tells it to its log only.
        client.on_log = self._on_log
        return client

    def dial(self) -> None:
        """Find the broker, reach it, agree on TLS, ask to be let in. Raises LinkLostError saying why not.

        May run in another thread than the rest, while nobody calls anything else.
        """
        broker = self.broker
        properties = connect_properties(self._session_s)
        try:
            self._client.connect(
                broker.host,
                broker.port,
                broker.keepalive_s,
                clean_start=self.clean_start,
                properties=properties,
            )
        except (OSError, ValueError) as error:
            raise LinkLostError(broker.explain(error, self._certificate())) from None

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

    def _lost(self, result: MQTTErrorCode) -> LinkLostError:
        self.connected = False
        if not (self._greeted or self._reason):
            return LinkLostError(self.broker.explain_loss(self._said, self._certificate()))
        # A broker that gives our place to another says nothing, or its word is lost in the closing of TLS.
        lost = paho.error_string(result).rstrip(".").lower()
        cure = "see that the broker runs and that nobody else has our name"
        return LinkLostError(f"{self.broker.url}: {self._reason or f'{lost}; {cure}'}")

    def _certificate(self) -> str:
        return self._keys.certificate(read_clock()) if self._keys else ""

    def _let_in(self, properties: Properties | None) -> None:
        """What the broker wants of us (MQTT 5, 3.2.2.3)."""

    def _on_connect(self, client: paho.Client, _data: Any, _flags: Any, code: Any, properties: Any) -> None:
        client.on_log = None
        if code.value >= REFUSED:
            self._reason = f"the broker refuses us ({str(code).lower()}); mend its rights or our certificate"
            return
        self.connected = self._greeted = True
        self._let_in(properties)

    def _on_disconnect(self, _client: Any, _data: Any, flags: Any, code: Any, _properties: Any) -> None:
        if self.connected and flags.is_disconnect_packet_from_server:
            self._reason = f"the broker hung up ({str(code).lower()}); look into its log"
        self.connected = False

    def _on_log(self, _client: Any, _data: Any, level: int, text: str) -> None:
        if level == paho.MQTT_LOG_ERR:
            self._said = text


def _unpacked(sock: Any) -> bool:
    return hasattr(sock, "pending") and sock.pending() > 0


def _send_at_once(_client: Any, _data: Any, sock: Any) -> None:
    """An event is small and shall not wait for the next one (tcp(7), TCP_NODELAY)."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
