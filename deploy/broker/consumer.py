#!/usr/bin/env python3
"""A backend to begin with: messages of all booths come in, a JSON line per new event, gap and filled gap goes out.

What was acknowledged is in FILE and was printed: kill -9 loses nothing and repeats the last lines at most.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

TOPICS = ("booth/v1/+/+/exception", "booth/v1/+/+/health")
WEEK_S = 604_800
"For so long the broker keeps what comes while we are away."
LEAP = 1_000_000
"More than a booth tells in a month; a number so far ahead is no event's."
TABLE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS events (run, number INTEGER, payload, PRIMARY KEY (run, number));
CREATE INDEX IF NOT EXISTS missing ON events (run) WHERE payload IS NULL;
"""
TOP = "SELECT coalesce(max(number), 0) FROM events WHERE run = ?"
EXPECT = "INSERT INTO events (run, number) VALUES (?, ?)"
KEEP = "UPDATE events SET payload = ? WHERE run = ? AND number = ? AND payload IS NULL"
MISSING = "SELECT count(*) FROM events WHERE run = ? AND payload IS NULL"


def take(base: sqlite3.Connection, topic: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Keep what a message tells; yields what is new. A run is one boot of one booth: events 1, 2, 3 without a hole."""
    place, kind = topic.rsplit("/", 1)
    is_event = kind == "exception"
    if values["schema"] != f"{kind}/1":
        raise ValueError(f"{values['schema']} is not known here")
    if not (newest := values["id" if is_event else "last_event"]):
        return
    booth, boot, digits = newest.rsplit("-", 2)
    # The broker vouches for the topic alone, whatever a message says of itself.
    if place.split("/")[2:] != [values["city"], values["booth"]] or booth != values["booth"]:
        raise ValueError(f"{newest} speaks for another booth")
    run, number = f"{place}/{boot}", int(digits)
    top = base.execute(TOP, (run,)).fetchone()[0]
    if number > top + LEAP:
        raise ValueError(f"{newest} follows {top}")
    base.executemany(EXPECT, ((run, expected) for expected in range(top + 1, number + 1)))
    if (last := number - is_event) > top:
        yield {"gap": run, "first": top + 1, "last": last}
    if is_event and base.execute(KEEP, (json.dumps(values), run, number)).rowcount:
        yield {"event": values}
        if number <= top:
            yield {"filled": run, "number": number, "missing": base.execute(MISSING, (run,)).fetchone()[0]}


def hear(client: paho.Client, base: sqlite3.Connection, message: paho.MQTTMessage) -> None:
    """Print, commit, acknowledge, in this order; what no booth would say is told and let go."""
    try:
        with base:
            for line in take(base, message.topic, json.loads(message.payload)):
                print(json.dumps(line), flush=True)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        print(f"{message.topic}: no message of the contract: {error!r}", file=sys.stderr)
    client.ack(message.mid, message.qos)


def greet(client: paho.Client, _base: Any, _flags: Any, reason: Any, _properties: Any) -> None:
    """Subscribe at each connection: whether the session outlived the last one is the broker's affair."""
    complain(reason)
    client.subscribe([(topic, 1) for topic in TOPICS])


def complain(*reasons: Any) -> None:
    """Tell what the broker refuses: the connection, or a topic."""
    for reason in reasons:
        if reason.is_failure:
            print(f"the broker refuses: {reason}", file=sys.stderr)


def main() -> None:
    """Listen until killed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("file", help="SQLite, made when missing")
    words.add_argument("host")
    words.add_argument("--port", type=int, default=8883)
    words.add_argument("--name", default="backend", help="of the session; two consumers of one name fight")
    for key in ("--ca", "--cert", "--key"):
        words.add_argument(key, help="PEM file; without --ca no TLS")
    given = words.parse_args()
    base = sqlite3.connect(given.file)
    base.executescript(TABLE)
    client = paho.Client(
        CallbackAPIVersion.VERSION2, given.name, userdata=base, protocol=paho.MQTTv5, manual_ack=True
    )
    client.on_connect, client.on_message = greet, hear
    client.on_subscribe = lambda _client, _base, _mid, reasons, _properties: complain(*reasons)
    client.on_connect_fail = lambda *_: print(f"{given.host}:{given.port} cannot be reached", file=sys.stderr)
    if given.ca:
        client.tls_set(given.ca, given.cert, given.key)
    session = Properties(PacketTypes.CONNECT)
    session.SessionExpiryInterval = WEEK_S
    client.connect_async(given.host, given.port, clean_start=False, properties=session)
    client.loop_forever(retry_first_connection=True)


if __name__ == "__main__":
    main()
