"""An outbox on a disk that somebody else fills: a folder on a small file system goes in; what happened comes out.

Facts as one line of JSON, for the test that started this in a mount namespace of its own.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import cast

from appliance.uplink.drain import Drain
from appliance.uplink.gate import Gate
from appliance.uplink.mqtt import Link
from appliance.uplink.outbox import Outbox
from tests.uplink.crash.life import number_of, payload_of
from tests.uplink.fakes import FakeLink

TRIES = 5


def fill(file: Path) -> None:
    """Take the last byte."""
    with contextlib.suppress(OSError), file.open("ab", buffering=0) as filler:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(bytes(size))


def add_until_refused(outbox: Outbox, first: int) -> tuple[int, str]:
    """The first number that was refused, and why; a little room may be left in files that are there."""
    number = first
    while outbox.add("exception", payload_of(number)):
        number += 1
    return number, outbox.fault


def turn(drain: Drain, link: FakeLink, now_s: float) -> None:
    """Everything is acknowledged at once, by a broker that lives on."""
    link.heard_s = now_s
    drain.step(cast(Link, link), link.answer(), now_s)


def main(folder: Path) -> dict[str, object]:
    writer, drainer = Outbox(folder / "outbox.sqlite"), Outbox(folder / "outbox.sqlite")
    link = FakeLink(window=8)
    drain = Drain(drainer, lambda kind: kind, gate=Gate(lambda _: True))
    for number in range(20):
        assert writer.add("exception", payload_of(number))
    fill(folder / "filler")
    refused, fault = add_until_refused(writer, 20)
    tried = [writer.add("exception", payload_of(refused + number)) for number in range(1, TRIES)]
    waiting = drainer.rows()
    for now_s in range(40):
        turn(drain, link, now_s)
    facts = {
        "fault": fault,
        "tried": tried,
        "waiting": waiting,
        "refused": refused,
        "sent_while_full": [number_of(payload) for payload in link.sent],
    }
    (folder / "filler").unlink()
    again = writer.add("exception", payload_of(1000))
    for now_s in range(40, 80):
        turn(drain, link, now_s)
    return {
        **facts,
        "again": again,
        "faults": [writer.fault, drainer.fault],
        "dropped": drainer.dropped(),
        "left": drainer.rows(),
        "taken": [number_of(payload) for payload in link.taken],
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
