"""The peers: what publishes by paho alone, its queue in memory, and what drops while it is disconnected.

Lines as of the writer: `+ ID` says that the event was there and was handed over, `= .` that one more is done with:
acknowledged or dropped.
"""

from __future__ import annotations

import sys

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from appliance.uplink.event import payload_from_event
from appliance.uplink.mqtt import WINDOW
from appliance.uplink.topics import topic
from tests.chaos.keys import show_keys
from tests.chaos.writer import CITY, event_maker, pause, say


def connect(host: str, port: int, keys: str, keepalive_s: int, booth: str) -> paho.Client:
    """A client with a thread of its own that comes back by itself, with the booth's window and no bound."""
    client = paho.Client(CallbackAPIVersion.VERSION2, f"{CITY}/{booth}", protocol=paho.MQTTv5)
    show_keys(client, keys)
    client.reconnect_delay_set(1, 4)
    client.max_inflight_messages_set(WINDOW)
    client.max_queued_messages_set(0)
    client.on_publish = lambda *_all: say("=", ".")
    client.connect_async(host, port, keepalive_s)
    client.loop_start()
    return client


def main(host: str, port: str, keys: str, keepalive_s: str, drops: str, booth: str, boot: str) -> None:
    """Publish what stdin asks for, as the writer; `drops` "yes": nothing at all while not connected."""
    client = connect(host, int(port), keys, int(keepalive_s), booth)
    make = event_maker(booth, boot)
    for count in sys.stdin:
        for _ in range(int(count)):
            event = make()
            say("?", event.id)
            if drops != "yes" or client.is_connected():
                client.publish(topic(event.city, booth, "exception"), payload_from_event(event), qos=1)
            else:
                say("=", ".")
            say("+", event.id)
            pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
