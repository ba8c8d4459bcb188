"""The fleet as heard: messages of the broker go in, the state of every booth and the last events come out."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from appliance.uplink.event import EventError, ExceptionEvent, event_from_payload
from appliance.uplink.message import Message
from appliance.uplink.topics import Topic, split_topic

MOST_PAYLOAD = 65_536
"Bytes; more is no message of ours."
MOST_IDS = 100_000
"Event ids remembered to tell repetitions."


@dataclass
class Booth:
    """One booth, as of its last message."""

    city: str
    booth: str
    seen_s: float = 0.0
    "Monotonic seconds when it was last heard; what the broker had retained does not count."
    status: dict[str, Any] = field(default_factory=dict)
    "Last status; {} until there was one."
    events: int = 0

    def says(self, key: str) -> str:
        """One field of the status as text, '?' while unknown."""
        return printable(self.status.get(key, "?"))


class Fleet:
    """All booths heard so far. One thread."""

    def __init__(self, last: int = 8) -> None:
        self.booths: dict[tuple[str, str], Booth] = {}
        self.events: deque[ExceptionEvent] = deque(maxlen=last)
        "The newest at the end."
        self._ids: dict[str, None] = {}

    def hear(self, message: Message, now_s: float) -> Topic | None:
        """Take in one message; its topic, or None when it is not of a booth or repeats a known event."""
        topic = split_topic(message.topic)
        if (
            topic is None
            or topic.kind.startswith(("command", "config"))
            or len(message.payload) > MOST_PAYLOAD
        ):
            return None
        booth = self.booths.setdefault(topic[:2], Booth(topic.city, topic.booth))
        if not message.retain:
            booth.seen_s = now_s
        if topic.kind == "exception":
            return topic if self._hear_event(booth, message.payload) else None
        if topic.kind == "status":
            booth.status = mapping(message.payload)
        return topic

    def _hear_event(self, booth: Booth, payload: bytes) -> bool:
        """Count a new event of this very booth; False for a repetition or what is none."""
        try:
            event = event_from_payload(payload)
        except EventError:
            return False
        if event.id in self._ids or (event.city, event.booth) != (booth.city, booth.booth):
            return False
        self._ids[event.id] = None
        if len(self._ids) > MOST_IDS:
            del self._ids[next(iter(self._ids))]
        booth.events += 1
        self.events.append(event)
        return True


def printable(value: object) -> str:
    """`value` as text that cannot steer a terminal: it comes from the network."""
    return "".join(mark if mark.isprintable() else "?" for mark in str(value))[:120]


def mapping(payload: bytes) -> dict[str, Any]:
    """JSON object of `payload`, {} for anything else."""
    try:
        values = json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
