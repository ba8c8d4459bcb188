"""Stands for vision: counts come in by stdin, so many events go into the outbox, what became of each to stdout.

Per event two lines: `? ID` before Outbox.add() is asked, then `+ ID` when it returned True or `- ID` when the
disk refused. Between the two a kill leaves one event in doubt. The end of stdin ends it.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from appliance.health.clock import read_clock
from appliance.records import Decision
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import ExceptionEvent, payload_from_event
from appliance.uplink.outbox import Outbox
from appliance.vocabulary import WORDS

CITY = "new-york"
PER_SECOND = 400.0
"Within a burst; the pace of a street is a few per minute."


def event_maker(booth: str, boot: str) -> Callable[[], ExceptionEvent]:
    """Makes one event of this boot per call, the same ones each time but for the clock."""
    draw = Random(boot)
    anonymizer = Anonymizer(Origin(CITY, booth, "3f2a9c01", "picodet", boot))

    def make() -> ExceptionEvent:
        why = tuple(draw.sample(sorted(WORDS), 3))
        decision = Decision(1, 0.0, (0.0, 0.0, 9.0, 9.0), draw.random(), 1.0, why, "street", exception=True)
        return anonymizer.event(decision, read_clock())

    return make


def say(mark: str, event: str) -> None:
    """One line, past all buffers of this process, so that a kill cannot take it back."""
    os.write(sys.stdout.fileno(), f"{mark} {event}\n".encode("ascii"))


def pause() -> None:
    """Between two events. Not time.sleep(), whose clock_nanosleep(2) libfaketime spoils after a jump."""
    select.select([], [], [], 1 / PER_SECOND)


def main(file: str, booth: str, boot: str) -> None:
    """Write what stdin asks for, at PER_SECOND."""
    outbox = Outbox(Path(file))
    make = event_maker(booth, boot)
    for count in sys.stdin:
        for _ in range(int(count)):
            event = make()
            say("?", event.id)
            say("+" if outbox.add("exception", payload_from_event(event)) else "-", event.id)
            pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
