"""The consumer, a program: all booths' messages come in, a file that knows each event once comes out.

As a backend should be: a session that outlives its connections, and an acknowledgement only after the message
is in the file. It prints one line per subscription, and ends when its stdin does.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.chaos.keys import show_keys

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS heard (
    key TEXT PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL, copies INTEGER NOT NULL DEFAULT 1);
"""
REMEMBER = """
INSERT INTO heard (key, topic, payload) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET copies = copies + 1, payload = excluded.payload
"""


class Backend:
    """One client on one file; both survive the kill of this program."""

    def __init__(self, host: str, port: int, file: str, keys: str) -> None:
        self._base = sqlite3.connect(file, isolation_level=None)
        self._base.executescript(SCHEMA)
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, "backend", protocol=paho.MQTTv5, manual_ack=True
        )
        show_keys(self._client, keys)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_rest: client.subscribe("booth/v1/#", qos=1)
        self._client.on_subscribe = lambda *_all: print("subscribed", flush=True)
        self._client.on_message = self._remember
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = 3600
        self._client.connect_async(host, port, 5, clean_start=False, properties=session)

    def run(self) -> None:
        """Until killed."""
        self._client.loop_forever(retry_first_connection=True)

    def _remember(self, client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        """Events by their id, anything else by its topic; then the broker may forget it."""
        event = message.topic.endswith("/exception")
        key = json.loads(message.payload)["id"] if event else message.topic
        self._base.execute(REMEMBER, (key, message.topic, message.payload))
        client.ack(message.mid, message.qos)


def end_with_stdin() -> None:
    """Wait for the end of stdin, then leave at once."""
    sys.stdin.read()
    os._exit(0)


def main(host: str, port: str, keys: str, file: str) -> None:
    """Listen."""
    import threading

    threading.Thread(target=end_with_stdin, daemon=True).start()
    Backend(host, int(port), file, keys).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
