"""What travels to a broker and back: messages, acknowledgements with their codes, and the loss of a connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from appliance.errors import BoothError

REFUSED = 0x80
"MQTT 5, 2.4: reason codes from here on are failures; 0x10 (no subscriber) is a success."
UNHEARD = 0x10
TOO_LARGE = 0x95


class LinkLostError(BoothError):
    """No connection to the broker; try again later."""


class Message(NamedTuple):
    """What travels."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int | None = None
    "The broker forgets it after so long; None: never."


class Ack(NamedTuple):
    """The broker's answer to one message of QoS 1."""

    mid: int
    "As Link.send() returned it."
    code: int
    "MQTT 5 reason code; a failure from REFUSED on."
    text: str


def pause_s(attempt: int, draw: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait before attempt `attempt`, from 1: random, so that a city's booths spread; below 58."""
    return draw(0, 1.5 ** min(10, attempt))
