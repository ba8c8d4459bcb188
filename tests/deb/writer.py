"""Traffic of a known size: ten events a second go into the booth's own outbox, the id of each, once committed, out.

Runs on the booth's own code, as vision's user, in place of a street that gives exceptions that often.
usage: writer.py OUTBOX COMMITTED BOOT
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from appliance.health.clock import read_clock
from appliance.uplink.anonymizer import Origin
from appliance.uplink.event import ExceptionEvent, payload_from_event
from appliance.uplink.outbox import Outbox

PAUSE_S = 0.1


def main(file: str, committed: str, boot: str) -> None:
    """Write until somebody ends it; an event that the disk refuses is tried again."""
    outbox, origin, number = Outbox(Path(file)), Origin("new-york", "nspawn-1", "none", "none", boot), 1
    with Path(committed).open("a", encoding="ascii") as told:
        while True:
            clock = read_clock()
            name = f"{origin.booth}-{origin.boot}-{number}"
            event = ExceptionEvent(
                name,
                origin.city,
                origin.booth,
                clock.minute,
                clock.synced,
                0.99,
                ("red",),
                "street",
                "none",
                "none",
            )
            if outbox.add("exception", payload_from_event(event), clock):
                told.write(f"{name}\n")
                told.flush()
                number += 1
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    main(*sys.argv[1:4])
