"""The fleet as heard: messages of the broker go in, the state of every booth and the last events come out."""

from __future__ import annotations

import json
import math
from collections import deque
from typing import Any

from appliance.fleet.sighting import Booth
from appliance.uplink.event import EventError, ExceptionEvent, event_from_payload
from appliance.uplink.message import Message
from appliance.uplink.topics import Topic, split_topic

MOST_PAYLOAD = 65_536
"Bytes; more is no message of ours."
MOST_BOOTHS = 200_000
"Remembered at the most, some kilobytes each; what further ones say is only counted."
KINDS = ("exception", "trend", "status", "health", "config/reported")


class Fleet:
    """All booths heard so far, with at most `last` events. One thread."""

    def __init__(self, last: int = 50) -> None:
        self.booths: dict[tuple[str, str], Booth] = {}
        self.events: deque[ExceptionEvent] = deque(maxlen=last)
        "The newest at the end."
        self.unlisted = 0
        "Messages of booths beyond MOST_BOOTHS."

    def hear(self, message: Message, now_s: float) -> Topic | None:
        """Take in one message; its topic, or None when it is not of a booth or repeats a known event."""
        topic = split_topic(message.topic)
        if topic is None or topic.kind not in KINDS or len(message.payload) > MOST_PAYLOAD:
            return None
        booth = self._booth(topic, now_s)
        if booth is None or not self._hear(booth, topic.kind, message, now_s):
            return None
        return topic

    def pause(self) -> None:
        """The connection is lost: what booths send until it is back is no gap."""
        for booth in self.booths.values():
            booth.pause()

    def _booth(self, topic: Topic, now_s: float) -> Booth | None:
        booth = self.booths.get(topic[:2])
        if booth is None and len(self.booths) < MOST_BOOTHS:
            booth = self.booths[topic[:2]] = Booth(topic.city, topic.booth, now_s)
        self.unlisted += booth is None
        return booth

    def _hear(self, booth: Booth, kind: str, message: Message, now_s: float) -> bool:
        """Let the booth have its message; False for a repetition or what is none of it."""
        if kind == "exception":
            booth.seen_s = now_s
            return self._hear_event(booth, message.payload)
        values = mapping(message.payload)
        # An offline status is the broker's word, or the last of the booth.
        if not message.retain and values.get("state") != "offline":
            booth.seen_s = now_s
        if kind == "trend":
            return booth.hear_trend(values)
        if kind == "status":
            booth.hear_status(values, now_s, message.retain)
        elif kind == "health":
            booth.hear_health(values)
        else:
            booth.hear_config(values)
        return True

    def _hear_event(self, booth: Booth, payload: bytes) -> bool:
        try:
            event = event_from_payload(payload)
        except EventError:
            return False
        if event.city != booth.city or event.booth != booth.booth or not booth.hear_event(event.id):
            return False
        self.events.append(event)
        return True


def mapping(payload: bytes) -> dict[str, Any]:
    """JSON object of `payload`, {} for anything else."""
    try:
        values = json.loads(payload, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    """The number; 1e999 would come out as Infinity, which no other program reads."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no number of this world")
    return value
