"""What may be told of a decision: a Decision goes in, an event that tells of an outfit but of nobody comes out.

Of the time it tells the minute, and so does whatever is kept. Yet an event is sent at once, since staff and backend
wait for it: whoever receives it live learns the second by its arrival. What may leave at all is gate.py's to say.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from appliance.health.clock import Clock
from appliance.records import Decision
from appliance.uplink.event import EventError, ExceptionEvent
from appliance.vocabulary import MOST_WORDS, WORDS


def new_boot() -> str:
    """Eight random hex digits, fresh at each start of vision; says nothing about the machine."""
    return secrets.token_hex(4)


@dataclass(frozen=True)
class Origin:
    """Where events come from; the same for one run of vision. Raises EventError where no event could say so."""

    city: str
    booth: str
    bank: str
    "Short name or hash of the bank, 'none' where there is none."
    engine: str
    "Short name or hash of the networks."
    boot: str = field(default_factory=new_boot)

    def __post_init__(self) -> None:
        # A misfit shall end the start, not the first exception hours later.
        probe = Decision(0, 0.0, (0.0, 0.0, 1.0, 1.0), 1.0, 0.0, (), "street", exception=True)
        event_from_decision(probe, self, 0, Clock(0.0, synced=False))


def event_from_decision(decision: Decision, origin: Origin, sequence: int, clock: Clock) -> ExceptionEvent:
    """What may be told of `decision`: rarity to three decimals, vocabulary words, the zone; nothing else.

    Track, box, distance and capture time stay behind: the first three could single a person out, the last, kept, could
    be matched with other cameras later. Raises EventError unless `decision` is an exception by the schema.
    """
    if not decision.exception or decision.abstained:
        raise EventError("event: the passage is no exception; only exceptions leave the booth")
    if not 0 <= decision.rarity <= 1:
        raise EventError("event: rarity is outside 0..1; learn the bank anew")
    known = dict.fromkeys(word for word in decision.why if word in WORDS)
    return ExceptionEvent(
        id=f"{origin.booth}-{origin.boot}-{sequence}",
        city=origin.city,
        booth=origin.booth,
        at=clock.minute,
        clock_synced=clock.synced,
        rarity=round(float(decision.rarity), 3),
        why=tuple(known)[:MOST_WORDS],
        zone=decision.zone,
        bank=origin.bank,
        engine=origin.engine,
    )


class Anonymizer:
    """Counts the events of one run: sequence from 1, strictly rising, so that a backend sees gaps."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.sequence = 0

    def event(self, decision: Decision, clock: Clock) -> ExceptionEvent:
        """As event_from_decision; a refused decision uses up no number."""
        event = event_from_decision(decision, self.origin, self.sequence + 1, clock)
        self.sequence += 1
        return event
