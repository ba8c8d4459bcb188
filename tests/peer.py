"""A backend, an operator or a booth with a certificate, as a test drives it: over TLS, in MQTT 5, step by step."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.uplink.message import Message


class RefusedError(Exception):
    """The broker did not let the peer in."""


class Peer:
    """One connection from `with` to its end; no second attempt of its own.

    `keys`: a folder as deploy/broker/ca makes it; without a key in it the peer comes without a certificate.
    `session_s`: for so long the broker keeps what is meant for it afterwards; the next of its name goes on with it.
    """

    def __init__(
        self,
        host: str,
        port: int,
        keys: Path,
        name: str = "",
        session_s: int = 0,
        will: Message | None = None,
    ) -> None:
        self.messages: list[Message] = []
        self.code: int | None = None
        "Of the broker's answer to the connection; None before it."
        self.resumed = False
        self.lost = threading.Event()
        self.farewell: int | None = None
        "Reason code of the broker's good-bye, if it said one."
        self.capabilities: dict[str, Any] = {}
        self._address = (host, port)
        self._session_s = session_s
        self._answers: dict[int, list[Any]] = {}
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv5, reconnect_on_failure=False
        )
        if will:
            self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        context = ssl.create_default_context(cafile=keys / "ca.crt")
        for key in keys.glob("*.key"):
            context.load_cert_chain(key.with_suffix(".crt"), key)
        self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = lambda _client, _data, mid, code, _more: self._answer(mid, [code])
        self._client.on_subscribe = lambda _client, _data, mid, codes, _more: self._answer(mid, codes)
        self._client.on_message = self._on_message

    def send(self, topic: str, payload: bytes, retain: bool = False) -> int:
        """Publish at QoS 1; the id that code_of() is asked with."""
        return self._client.publish(topic, payload, 1, retain).mid

    def code_of(self, mid: int) -> int | None:
        """Reason code of the broker's answer to send(); None before it."""
        answer = self._answers.get(mid)
        return answer[0].value if answer else None

    def settle(self, mids: Iterable[int], seconds: float = 30.0) -> None:
        """Wait until all of them are answered, the connection is lost or the time is over."""
        waiting = set(mids)
        with contextlib.suppress(TimeoutError):
            self._wait(lambda: waiting <= self._answers.keys() or self.lost.is_set(), seconds)

    def publish(self, topic: str, payload: bytes, retain: bool = False, seconds: float = 10.0) -> int:
        """Publish at QoS 1 and wait; the reason code of the acknowledgement. Raises TimeoutError without one."""
        mid = self.send(topic, payload, retain)
        return self._wait(lambda: self._answers.get(mid), seconds)[0].value  # type: ignore[no-any-return]

    def subscribe(self, topic: str) -> int:
        """Ask for `topic` at QoS 1; the reason code of the answer."""
        mid = self._client.subscribe(topic, qos=1)[1]
        return self._wait(lambda: self._answers.get(mid or 0))[0].value  # type: ignore[no-any-return]

    def payloads(self, count: int = 0, seconds: float = 20.0) -> list[bytes]:
        """What has come so far, in order, once there are `count`; as many as there are when the time is over."""
        until_s = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < until_s:
            time.sleep(0.02)
        return [message.payload for message in list(self.messages)]

    def cut(self) -> None:
        """Go without a good-bye: the broker sends the will."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def __enter__(self) -> Peer:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = self._session_s
        try:
            self._client.connect(*self._address, 30, clean_start=not self._session_s, properties=properties)
            self._client.loop_start()
            self._wait(lambda: self.lost.is_set() or self.code is not None)
        except (OSError, TimeoutError) as error:
            self.__exit__(None, None, None)
            raise RefusedError(str(error)) from error
        if self.code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.__exit__(None, None, None)
            raise RefusedError(f"refused with {self.code}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, fact: Callable[[], Any], seconds: float = 10.0) -> Any:
        until_s = time.monotonic() + seconds
        while not (value := fact()):
            if time.monotonic() > until_s:
                raise TimeoutError(f"no answer in {seconds} s")
            time.sleep(0.005)
        return value

    def _answer(self, mid: int, codes: list[Any]) -> None:
        self._answers[mid] = codes

    def _on_connect(self, _client: Any, _data: Any, flags: Any, code: Any, properties: Any) -> None:
        self.resumed = flags.session_present
        self.capabilities = properties.json() if properties else {}
        self.code = code.value

    def _on_disconnect(self, _client: Any, _data: Any, flags: Any, code: Any, _properties: Any) -> None:
        self.farewell = code.value if flags.is_disconnect_packet_from_server else None
        self.lost.set()

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self.messages.append(Message(message.topic, bytes(message.payload), message.qos, message.retain))
