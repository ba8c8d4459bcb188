"""A short life of an outbox, for its system calls: adds and deletes, each told on the standard output.

`?N` before message N is added, `+N` once add() has returned True, `-N` before N is deleted.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from appliance.uplink.outbox import Outbox

PAYLOAD = 300
"Bytes, about those of an event."


def payload_of(number: int) -> bytes:
    return b"%d" % number + b"." * PAYLOAD


def number_of(payload: bytes) -> int:
    number = int(payload.rstrip(b"."))
    assert payload == payload_of(number)
    return number


class Unsynced(Outbox):
    """One that leaves it to the kernel when to write, to show that the cuts would find it."""

    def _write(self, change: Callable[[sqlite3.Connection], object], sync: str = "FULL") -> bool:
        return super()._write(change, "OFF")


def live(file: Path, first: int, adds: int, checkpoint_pages: int, kind: type[Outbox] = Outbox) -> None:
    """Add `adds` messages from number `first` on; after every seventh a drainer takes four."""
    writer, drainer = kind(file), Outbox(file)
    for outbox in (writer, drainer):
        assert outbox._opened is not None
        outbox._opened.base.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")
    for number in range(first, first + adds):
        say("?", number)
        assert writer.add("exception", payload_of(number))
        say("+", number)
        if number % 7 == 6:
            take(drainer)
    writer.close()
    drainer.close()


def take(drainer: Outbox) -> None:
    rows = drainer.batch(4)
    for row in rows:
        say("-", number_of(row.payload))
    assert drainer.delete([row.number for row in rows])


def fill_disk(outbox: Outbox) -> None:
    """Let the file not grow any more, until it is opened anew."""
    assert outbox._opened is not None
    pages = outbox._opened.base.execute("PRAGMA page_count").fetchone()[0]
    outbox._opened.base.execute(f"PRAGMA max_page_count = {pages}")


def say(what: str, number: int) -> None:
    os.write(1, f"{what}{number}\n".encode())


if __name__ == "__main__":
    for first in range(1000, 1000 + 1000 * int(sys.argv[2]), 1000):
        live(
            Path(sys.argv[1]), first, int(sys.argv[3]), int(sys.argv[4]), Unsynced if sys.argv[5:] else Outbox
        )
