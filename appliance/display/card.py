"""One card for staff: in goes a datagram of the vision process, out comes a checked record, and back."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from typing import Any

from appliance.outfit import HEADINGS, UNSEEN, Outfit
from appliance.vocabulary import MOST_WORDS, WORDS

SCHEMA = "card/2"
MOST_BYTES = 512
"A card is about 330 bytes; a longer datagram is no card."
ZONE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
KEYS = {"schema", "at_s", "rarity", "why", "zone", "outfit", "heading", "asked"}
OUTFIT_KEYS = {"upper", "lower", "parts", "pattern"}


@dataclass(frozen=True)
class Card:
    """What staff may know of one exception, or of somebody who asked: words about clothes, no person."""

    rarity: float | None
    "0..1: the share of the street less unusual than this; None: asked for before there was a bank, so nobody knows."
    why: tuple[str, ...]
    "At most three words of the closed vocabulary."
    zone: str
    "Name of the zone, 'street' where none is marked."
    at_s: float
    "Seconds on the monotonic clock of the machine: when the outfit was seen."
    outfit: Outfit = UNSEEN
    heading: str = "still"
    "One of outfit.HEADINGS."
    asked: bool = False
    "The person asked for it on the spot; else an exception."

    def __post_init__(self) -> None:
        if self.rarity is None and not self.asked:
            raise ValueError("an exception has a rarity")
        if self.rarity is not None and not 0 <= self.rarity <= 1:
            raise ValueError("rarity is not within 0..1")
        if len(self.why) > MOST_WORDS or not set(self.why) <= set(WORDS):
            raise ValueError("why is not of the vocabulary")
        if not ZONE.fullmatch(self.zone):
            raise ValueError("zone is not a name")
        if not math.isfinite(self.at_s):
            raise ValueError("at_s is not a time")
        if self.heading not in HEADINGS:
            raise ValueError("heading is no way to go")
        if not isinstance(self.asked, bool):
            raise ValueError("asked is neither true nor false")


def datagram_from_card(card: Card) -> bytes:
    """The bytes that travel: one JSON object, schema card/2."""
    body = {"schema": SCHEMA, **asdict(card)}
    return json.dumps(body, separators=(",", ":")).encode()


def card_from_datagram(data: bytes) -> Card:
    """The card in `data`. Raises ValueError, never quoting `data`, for anything but exactly a card."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES} bytes")
    body = parsed(data)
    if not isinstance(body, dict) or body.keys() != KEYS or body["schema"] != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    rarity = body["rarity"]
    return Card(
        rarity=None if rarity is None else number(rarity),
        why=words(body["why"]),
        zone=word(body["zone"]),
        at_s=number(body["at_s"]),
        outfit=outfit_from(body["outfit"]),
        heading=word(body["heading"]),
        asked=body["asked"],
    )


def outfit_from(values: object) -> Outfit:
    """The outfit of a card's JSON. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.keys() != OUTFIT_KEYS:
        raise ValueError("outfit is none")
    upper, lower, pattern = (word(values[key]) for key in ("upper", "lower", "pattern"))
    return Outfit(upper, lower, words(values["parts"]), pattern)


def words(values: object) -> tuple[str, ...]:
    """`values` as words; raises ValueError for anything but a list of text."""
    if not isinstance(values, list):
        raise ValueError("not a list of words")
    return tuple(map(word, values))


def word(value: object) -> str:
    """`value` as text; raises ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError("not a word")
    return value


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
