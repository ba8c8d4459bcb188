"""The disk outbox: vision puts messages in, uplink takes them oldest first and deletes what the broker took.

One writer process and one drainer process, each with an Outbox of its own on the same file. An Outbox belongs
to the thread that made it and must not pass a fork. A row that add() returned True for survives kill -9 and
power cuts: WAL with synchronous=FULL syncs before add() returns. That takes milliseconds on flash, so add()
is for the pace of decisions, not of frames. A delete is not waited for: the next add() syncs it too, and a row
that a power cut brings back is sent twice, which consumers bear.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.outbox_age import ClockTrust
from appliance.uplink.outbox_aside import LOG, forget_aside, is_owed, is_sound
from appliance.uplink.outbox_bounds import HEAD, USUAL, Bounds, count_dropped, enforce
from appliance.uplink.outbox_file import Opened, check_folder, inode, is_damage, open_file
from appliance.uplink.outbox_schema import ROT, checksum, figures, transaction

T = TypeVar("T")
Found = tuple[int, str, bytes, object, object]
"Number, kind, payload, since, crc."

log = logging.getLogger(__name__)

OUTBOX = "outbox.sqlite"
"In folders.state: vision and uplink open the same file."
KINDS = ("exception", "trend")
INSERT = "INSERT INTO messages (kind, payload, since, crc) VALUES (?, ?, ?, ?)"
OLDEST = "SELECT number, kind, payload, since, crc FROM messages WHERE number > ? ORDER BY number LIMIT ?"
END = (1 << 63) - 1
"Above every number."
DELETE = "DELETE FROM messages WHERE number = ?"


class Row(NamedTuple):
    """One message that waits."""

    number: int
    "Rising in the order of add(), never used twice in one file."
    kind: str
    "Topic kind, such as 'exception'."
    payload: bytes


class Outbox:
    """Rows on disk within `bounds`; above them the oldest go and are counted.

    Raises BoothError when the folder cannot be written; a full disk is only a fault. A file that is no
    outbox any more is set aside as .corrupt-N by whichever process meets it; the other follows.
    """

    def __init__(self, file: Path, bounds: Bounds = USUAL) -> None:
        self.file = file
        self.bounds = bounds
        self.openings = 0
        "Rises when the file was opened anew: numbers from before are not in it."
        self._faults = {"read": "", "write": ""}
        "A file on a full disk reads well: only a write tells that writing works again."
        self._uncounted = 0
        "Rows lost that could not even be counted, because the disk refused that too."
        self._trust = ClockTrust()
        self._opened: Opened | None = None
        check_folder(file)
        self._read(lambda base: base.total_changes)

    @property
    def fault(self) -> str:
        """Why the file refuses; '' while all is well."""
        return self._faults["write"] or self._faults["read"]

    def add(self, kind: str, payload: bytes, clock: Clock | None = None) -> bool:
        """Store one message behind all others. False, with `fault` set, when the disk refuses.

        It ages from `clock`, or from the first trusted clock that a later call brings. A message that was
        refused is counted as dropped once the disk takes writes again. Raises ValueError for a kind that is
        none of KINDS, and for nothing else.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of message that waits in the outbox")
        age = self._trust.age(clock)

        def insert(base: sqlite3.Connection) -> None:
            number = (
                base.execute(INSERT, (kind, payload, age.stamp_s, checksum(kind, payload))).lastrowid or 0
            )
            enforce(base, self.bounds, age, number, self._uncounted)

        # The other process may have set the file aside between our look at it and our commit.
        stored = self._write(insert) and (self._current() or self._write(insert))
        self._uncounted = 0 if stored else self._uncounted + 1
        return stored

    def tend(self, clock: Clock) -> bool:
        """Drop what is too old, stamp what no trusted clock has seen yet; to be called every minute or so.

        False when the disk refuses. Writes nothing while there is nothing to do. What a full disk kept from being
        taken over from a damaged file is tried again. What was sent is not to be read from the file any more, nor from
        SQLite's log, and what lies aside goes when it is as old as no row may be.
        """
        if is_owed(self.file):
            self.close()
        age = self._trust.age(clock)
        if age.drop_s is not None:
            forget_aside(self.file, age.drop_s - self.bounds.age_s)
        return self._write(lambda base: enforce(base, self.bounds, age, END)) and self._wipe()

    def batch(self, limit: int, after: int = 0) -> list[Row]:
        """At most `limit` rows with numbers above `after`, oldest first; [] while the file refuses.

        Rows that rotted are dropped and counted, not given.
        """
        while found := self._oldest(limit, after):
            rotten = [row[0] for row in found if not is_sound(*row[1:])]
            if rotten and self.discard(rotten):
                log.error("outbox: %d messages in %s had rotted; dropped", len(rotten), self.file)
            if len(rotten) < len(found):
                return [Row(*row[:3]) for row in found if row[0] not in rotten]
            after = found[-1][0]
        return []

    def delete(self, numbers: Iterable[int]) -> bool:
        """Forget rows that the broker took; numbers without a row are fine. False when the disk refuses.

        Not synced: after a power cut the rows may be there again.
        """
        doomed = [(number,) for number in numbers]
        return not doomed or self._write(lambda base: base.executemany(DELETE, doomed), "NORMAL")

    def discard(self, numbers: Iterable[int]) -> bool:
        """Drop rows that nobody shall have, and count them as dropped. False when the disk refuses."""

        def discard(base: sqlite3.Connection) -> None:
            count_dropped(base, sum(base.execute(DELETE, (number,)).rowcount for number in numbers))

        return self._write(discard)

    def rows(self) -> int:
        """Messages that wait; 0 while the file refuses."""
        return self._figures()[0]

    def waiting_bytes(self) -> int:
        """Bytes of their payloads; 0 while the file refuses."""
        return self._figures()[1]

    def oldest_age_s(self, clock: Clock) -> float | None:
        """Age of the oldest message that waits; None where there is none or no trusted clock has seen it."""
        head = self._read(lambda base: base.execute(HEAD).fetchone())
        if not clock.synced or head is None or not isinstance(head[0], int):
            return None
        return max(0.0, clock.unix_s - head[0])

    def dropped(self) -> int:
        """Messages lost to a bound, a full disk or rot since the file was made."""
        return self._figures()[2] + self._uncounted

    def close(self) -> None:
        """Let go of the file; a further call opens it anew."""
        if self._opened is not None:
            self._opened.base.close()
            self._opened = None

    def _wipe(self) -> bool:
        """Bring SQLite's log into the file, where deleted rows are zeros, and cut it down to nothing."""
        log_file = self.file.with_name(self.file.name + LOG)
        if not (log_file.exists() and log_file.stat().st_size):
            return True
        return (
            self._try("write", lambda base: base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
            is not None
        )

    def _oldest(self, limit: int, after: int) -> list[Found]:
        """As batch(), with what tells rotten rows."""

        def read(base: sqlite3.Connection) -> list[Found]:
            found: list[Found] = base.execute(OLDEST, (after, limit)).fetchall()
            numbers = [after, *(row[0] for row in found)]
            if any(late >= early for late, early in pairwise(numbers)):
                raise sqlite3.DatabaseError("its rows are out of order")
            return found

        return self._read(read) or []

    def _figures(self) -> tuple[int, int, int]:
        return self._read(figures) or (0, 0, 0)

    def _current(self) -> bool:
        """Whether the file that is open is still the one at the path."""
        return self._opened is not None and inode(self.file) == self._opened.inode

    def _base(self) -> sqlite3.Connection:
        """The connection to what is at the path now: the other process may have set the file aside."""
        if not self._current():
            self.close()
        if self._opened is None:
            self._opened = open_file(self.file)
            self.openings += 1
        return self._opened.base

    def _write(self, change: Callable[[sqlite3.Connection], object], sync: str = "FULL") -> bool:
        """Do `change` in one transaction; False and a fault when it did not happen."""

        def transact(base: sqlite3.Connection) -> bool:
            base.execute(f"PRAGMA synchronous = {sync}")
            with transaction(base):
                change(base)
            return True

        return self._try("write", transact) or False

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        return self._try("read", work)

    def _try(self, what: str, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Result of `work`; None and a fault when the file refuses. A damaged file is replaced first."""
        try:
            try:
                result = work(self._base())
            except ROT as error:
                if not is_damage(error):
                    raise
                self.close()
                result = work(self._base())
        except (*ROT, BoothError) as error:
            self._report(what, str(error))
            return None
        for works in ("read", what):
            self._report(works, "")
        return result

    def _report(self, what: str, fault: str) -> None:
        """Log the edges only: when the file begins to refuse and when it works again."""
        if fault and not self._faults[what]:
            log.error("outbox: cannot %s %s: %s", what, self.file, fault)
        elif self._faults[what] and not fault:
            log.warning("outbox: can %s %s again", what, self.file)
        self._faults[what] = fault
