"""The disk outbox: vision puts messages in, uplink takes them oldest first and deletes what the broker took.

One writer process and one drainer process, each with an Outbox of its own on the same file. An Outbox belongs
to the thread that made it and must not pass a fork. A row that add() returned True for survives kill -9 and
power cuts: WAL with synchronous=FULL syncs before add() returns. That takes milliseconds on flash, so add()
is for the pace of decisions, not of frames.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from appliance.errors import BoothError
from appliance.uplink.outbox_file import Opened, check_folder, inode, is_damage, open_file

T = TypeVar("T")

log = logging.getLogger(__name__)

KINDS = ("exception", "trend")
INSERT = "INSERT INTO messages (kind, payload) VALUES (?, ?)"
OLDEST = "SELECT number, kind, payload FROM messages WHERE number > ? ORDER BY number LIMIT ?"
DROP_OLDEST = "DELETE FROM messages WHERE number IN (SELECT number FROM messages ORDER BY number LIMIT ?)"
DELETE = "DELETE FROM messages WHERE number = ?"
COUNT_DROPPED = "UPDATE counters SET value = value + ? WHERE name = 'dropped'"


class Row(NamedTuple):
    """One message that waits."""

    number: int
    "Rising in the order of add(), never used twice in one file."
    kind: str
    "Topic kind, such as 'exception'."
    payload: bytes


class Outbox:
    """Rows on disk, at most `most_rows`; above that the oldest go and are counted.

    Raises BoothError when the folder cannot be written; a full disk is only a fault. A file that
    is no outbox any more is set aside as .corrupt-N by whichever process meets it; the other follows.
    """

    def __init__(self, file: Path, most_rows: int = 100_000) -> None:
        self.file = file
        self.most_rows = most_rows
        self.openings = 0
        "Rises when the file was opened anew: numbers from before are not in it."
        self._faults = {"read": "", "write": ""}
        "A file on a full disk reads well: only a write tells that writing works again."
        self._uncounted = 0
        "Rows lost that could not even be counted, because the disk refused that too."
        self._opened: Opened | None = None
        check_folder(file)
        self._read(lambda base: base.total_changes)

    @property
    def fault(self) -> str:
        """Why the file refuses; '' while all is well."""
        return self._faults["write"] or self._faults["read"]

    def add(self, kind: str, payload: bytes) -> bool:
        """Store one message behind all others. False, with `fault` set, when the disk refuses.

        A message that was refused is counted as dropped once the disk takes writes again. Raises ValueError
        for a kind that is none of KINDS, and for nothing else.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of message that waits in the outbox")
        if self._write(lambda base: self._insert(base, kind, payload)):
            self._uncounted = 0
            return True
        self._uncounted += 1
        return False

    def _insert(self, base: sqlite3.Connection, kind: str, payload: bytes) -> None:
        base.execute(INSERT, (kind, payload))
        over = max(0, _counter(base, "rows") - self.most_rows)
        if over:
            base.execute(DROP_OLDEST, (over,))
        if over or self._uncounted:
            base.execute(COUNT_DROPPED, (over + self._uncounted,))

    def batch(self, limit: int, after: int = 0) -> list[Row]:
        """At most `limit` rows with numbers above `after`, oldest first; [] while the file refuses."""
        found = self._read(lambda base: base.execute(OLDEST, (after, limit)).fetchall())
        return [Row(*row) for row in found or ()]

    def delete(self, numbers: Iterable[int]) -> bool:
        """Forget rows that the broker took; numbers without a row are fine. False when the disk refuses."""
        doomed = [(number,) for number in numbers]
        return not doomed or self._write(lambda base: base.executemany(DELETE, doomed))

    def rows(self) -> int:
        """Messages that wait; 0 while the file refuses."""
        return self._read(lambda base: _counter(base, "rows")) or 0

    def dropped(self) -> int:
        """Messages lost to the bound or to a full disk since the file was made."""
        return (self._read(lambda base: _counter(base, "dropped")) or 0) + self._uncounted

    def close(self) -> None:
        """Let go of the file; a further call opens it anew."""
        if self._opened is not None:
            self._opened.base.close()
            self._opened = None

    def _base(self) -> sqlite3.Connection:
        """The connection to what is at the path now: the other process may have set the file aside."""
        if self._opened is not None and inode(self.file) != self._opened.inode:
            self.close()
        if self._opened is None:
            self._opened = open_file(self.file)
            self.openings += 1
        return self._opened.base

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> bool:
        """Do `change` in one transaction; False and a fault when it did not happen."""

        def transact(base: sqlite3.Connection) -> bool:
            base.execute("BEGIN IMMEDIATE")
            try:
                change(base)
                base.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    base.execute("ROLLBACK")
                raise
            return True

        return self._try("write", transact) or False

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        return self._try("read", work)

    def _try(self, what: str, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Result of `work`; None and a fault when the file refuses. A damaged file is replaced first."""
        try:
            try:
                result = work(self._base())
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self.close()
                result = work(self._base())
        except (sqlite3.Error, BoothError) as error:
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


def _counter(base: sqlite3.Connection, name: str) -> int:
    value: int = base.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()[0]
    return value
