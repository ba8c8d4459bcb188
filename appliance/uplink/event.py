"""The exception event: ten checked values go in, at most 512 bytes of closed JSON come out."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from appliance.errors import BoothError
from appliance.uplink.topics import NAME
from appliance.uplink.wording import payload_from_values
from appliance.vocabulary import MOST_WORDS, WORDS

SCHEMA = "exception/1"
MOST_BYTES = 512
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}-[0-9a-f]{8}-[0-9]{1,10}")
MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:00Z")
VERSION = re.compile(r"[A-Za-z0-9._:-]{1,40}")
"Of banks and engines: a short hash or name; 'none' where there is none."

WORD = "|".join(WORDS)
AS_WRITTEN = re.compile(
    rf'\{{"schema":"{SCHEMA}","id":"{ID.pattern}","city":"{NAME.pattern}","booth":"{NAME.pattern}",'
    rf'"at":"{MINUTE.pattern}","clock_synced":(?:true|false),"rarity":(?:0|1|1\.0|0\.(?:0|[0-9]{{0,2}}[1-9])),'
    rf'"why":\[(?:"(?P<first>{WORD})"(?:,"(?!(?P=first)")(?P<second>{WORD})"'
    rf'(?:,"(?!(?P=first)"|(?P=second)")(?:{WORD})")?)?)?\],'
    rf'"zone":"{NAME.pattern}","bank":"{VERSION.pattern}","engine":"{VERSION.pattern}"\}}'.encode("ascii")
)
"""What payload_from_event() writes, and nothing else: a tenth of the time of reading and writing anew, since each event
is asked once more before it leaves."""


class EventError(BoothError):
    """A value outside the closed schema; the event must not leave."""


@dataclass(frozen=True)
class ExceptionEvent:
    """One spotted outfit, as the world learns of it. Raises EventError for anything outside the schema."""

    id: str
    "booth-boot-sequence: unique, and no link to a person."
    city: str
    booth: str
    at: str
    "UTC minute, RFC 3339."
    clock_synced: bool
    rarity: float
    "0..1, three decimals."
    why: tuple[str, ...]
    "At most three different words of the vocabulary."
    zone: str
    bank: str
    engine: str

    def __post_init__(self) -> None:
        self._check("id", isinstance(self.id, str) and bool(ID.fullmatch(self.id)))
        for key in ("city", "booth", "zone"):
            self._check(key, _fits(NAME, getattr(self, key)))
        for key in ("bank", "engine"):
            self._check(key, _fits(VERSION, getattr(self, key)))
        self._check("at", _fits(MINUTE, self.at))
        self._check("clock_synced", isinstance(self.clock_synced, bool))
        number = isinstance(self.rarity, int | float) and not isinstance(self.rarity, bool)
        self._check("rarity", number and 0 <= self.rarity <= 1 and self.rarity == round(self.rarity, 3))
        self._check("why", isinstance(self.why, tuple) and len(self.why) <= MOST_WORDS)
        self._check("why", all(word in WORDS for word in self.why) and len(set(self.why)) == len(self.why))

    def _check(self, key: str, fits: bool) -> None:
        if not fits:
            raise EventError(f"event: {key} is outside the schema {SCHEMA}; the event stays in the booth")


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def payload_from_event(event: ExceptionEvent) -> bytes:
    """Compact ASCII JSON. Raises EventError above MOST_BYTES."""
    payload = payload_from_values({"schema": SCHEMA, **asdict(event)})
    if len(payload) > MOST_BYTES:
        raise EventError(f"event: {len(payload)} bytes of at most {MOST_BYTES}; shorten booth, zone or bank")
    return payload


def event_from_payload(payload: bytes) -> ExceptionEvent:
    """The event of a message. Raises EventError unless it holds exactly the keys of the schema."""
    try:
        values = json.loads(payload) if len(payload) <= MOST_BYTES else None
        if not isinstance(values, dict) or values.pop("schema", None) != SCHEMA:
            raise ValueError
        if not isinstance(values.get("why"), list):
            raise ValueError
        return ExceptionEvent(**{**values, "why": tuple(values["why"])})
    except (ValueError, TypeError, RecursionError):
        raise EventError(f"event: the message is no {SCHEMA}; ask its sender for the version") from None


def is_event(payload: bytes) -> bool:
    """Whether `payload` is an exception/1, letter by letter as payload_from_event() writes it."""
    return len(payload) <= MOST_BYTES and AS_WRITTEN.fullmatch(payload) is not None
