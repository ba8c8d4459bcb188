"""The demo's own subscriber: a port goes in, each exception event comes out once, broker deaths or not."""

from __future__ import annotations

import collections
import contextlib
import secrets
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.uplink.event import EventError, ExceptionEvent, event_from_payload
from appliance.uplink.topics import topic

SESSION_S = 3600
"The broker keeps what it could not deliver for so long."
MOST_IDS = 100_000
"Ids remembered to tell a repeated event from a new one; a demo has a few hundred."


class Listener:
    """A backend in small. The network runs in paho's thread; it only appends to a deque, which is safe."""

    def __init__(self, port: int, city: str, booth: str) -> None:
        self.distinct = 0
        "Events received, each counted once."
        self._granted = False
        self._topic = topic(city, booth, "exception")
        self._payloads: collections.deque[bytes] = collections.deque(maxlen=MOST_IDS)
        self._ids: collections.OrderedDict[str, None] = collections.OrderedDict()
        # The session outlives the connection: the broker keeps for us what comes while we are away.
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, f"demo-{secrets.token_hex(4)}", protocol=paho.MQTTv5
        )
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = self._note_grant
        self._client.on_message = self._keep
        self._client.reconnect_delay_set(1, 2)
        lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        lasting.SessionExpiryInterval = SESSION_S
        self._client.connect_async("127.0.0.1", port, 10, clean_start=False, properties=lasting)

    def start(self) -> None:
        """Connect, and connect again after each loss, in a thread of its own."""
        self._client.loop_start()

    def connected(self) -> bool:
        """The broker has us."""
        return self._client.is_connected()

    def listening(self) -> bool:
        """The broker has granted the subscription at least once; from then on nothing passes us by."""
        return self._granted

    def take(self) -> list[ExceptionEvent]:
        """New events since the last call; repeats and foreign messages are left out."""
        fresh = []
        while self._payloads:
            with contextlib.suppress(EventError):
                event = event_from_payload(self._payloads.popleft())
                if self._is_new(event.id):
                    fresh.append(event)
        self.distinct += len(fresh)
        return fresh

    def _is_new(self, event_id: str) -> bool:
        if event_id in self._ids:
            return False
        self._ids[event_id] = None
        if len(self._ids) > MOST_IDS:
            self._ids.popitem(last=False)
        return True

    def close(self) -> None:
        """Say good-bye and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribe(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(self._topic, qos=1)

    def _note_grant(self, *_: Any) -> None:
        self._granted = True

    def _keep(self, _client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:
        self._payloads.append(bytes(message.payload))
