"""One card for staff: in goes a datagram of the vision process, out comes a checked record, and back."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from appliance.vocabulary import MOST_WORDS, WORDS

SCHEMA = "card/1"
MOST_BYTES = 512
"A card is about 120 bytes; a longer datagram is no card."
ZONE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
KEYS = {"schema", "at_s", "rarity", "why", "zone"}


@dataclass(frozen=True)
class Card:
    """What staff may know of one exception: words about clothes, no person."""

    rarity: float
    "0..1: the share of the street less unusual than this."
    why: tuple[str, ...]
    "At most three words of the closed vocabulary."
    zone: str
    "Name of the zone, 'street' where none is marked."
    at_s: float
    "Seconds on the monotonic clock of the machine: when the outfit was seen."

    def __post_init__(self) -> None:
        if not 0 <= self.rarity <= 1:
            raise ValueError("rarity is not within 0..1")
        if len(self.why) > MOST_WORDS or not set(self.why) <= set(WORDS):
            raise ValueError("why is not of the vocabulary")
        if not ZONE.fullmatch(self.zone):
            raise ValueError("zone is not a name")
        if not math.isfinite(self.at_s):
            raise ValueError("at_s is not a time")


def datagram_from_card(card: Card) -> bytes:
    """The bytes that travel: one JSON object, schema card/1."""
    body = {
        "schema": SCHEMA, "at_s": card.at_s, "rarity": card.rarity, "why": list(card.why), "zone": card.zone,
    }  # fmt: skip
    return json.dumps(body, separators=(",", ":")).encode()


def card_from_datagram(data: bytes) -> Card:
    """The card in `data`. Raises ValueError, never quoting `data`, for anything but exactly a card."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} bytes")
    body = parsed(data)
    if not isinstance(body, dict) or body.keys() != KEYS or body["schema"] != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    why = body["why"]
    if not isinstance(why, list) or not all(isinstance(word, str) for word in why):
        raise ValueError("why is not a list of words")
    if not isinstance(body["zone"], str):
        raise ValueError("zone is not a name")
    return Card(number(body["rarity"]), tuple(why), body["zone"], number(body["at_s"]))


def parsed(data: bytes) -> Any:
    """JSON of `data`. Raises ValueError for everything that is none."""
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None


def number(value: object) -> float:
    """`value` as a float; Raises ValueError for booleans, text and integers beyond any float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("not a number of this world") from None
