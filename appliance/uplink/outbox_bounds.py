"""What the outbox may hold: settings go in, bounds come out; rows above them go, the oldest first."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass

from appliance.config import Uplink
from appliance.uplink.outbox_age import LEAP_S, Age
from appliance.uplink.outbox_schema import figures

DAY_S = 86_400.0
MOST_AT_ONCE = 1000
"Rows dropped in one transaction, so that smaller bounds do not hold up the other process."
STAMP = "UPDATE messages SET since = ? WHERE since IS NULL"
REPAIR = "UPDATE messages SET since = ? WHERE since > ?"
OLDEST = "SELECT number, since, length(payload) FROM messages WHERE number < ? ORDER BY number LIMIT ?"
HEAD = "SELECT since FROM messages ORDER BY number LIMIT 1"
DROP = "DELETE FROM messages WHERE number <= ?"
COUNT = "UPDATE figures SET dropped = dropped + ?"


@dataclass(frozen=True)
class Bounds:
    """The most that waits; above any of these the oldest rows go and are counted."""

    rows: int = 100_000
    payload_bytes: int = 64_000_000
    age_s: float = 30 * DAY_S


USUAL = Bounds()


def bounds_from_settings(uplink: Uplink) -> Bounds:
    """Bounds as set; a megabyte is a million bytes."""
    return Bounds(uplink.outbox_rows, int(uplink.outbox_mb * 1e6), uplink.outbox_days * DAY_S)


def enforce(base: sqlite3.Connection, bounds: Bounds, age: Age, newest: int, uncounted: int = 0) -> None:
    """Within a transaction: stamp rows by `age`, drop the oldest before row `newest` while a bound is passed.

    Counts what it drops, and `uncounted` besides. Writes nothing where nothing is to be done.
    """
    if age.stamp_s is not None:
        base.execute(STAMP, (age.stamp_s,))
    last, lost = _excess(base, bounds, age, newest)
    _mend(base, age.drop_s)
    if last:
        base.execute(DROP, (last,))
    if lost + uncounted:
        count_dropped(base, lost + uncounted)


def count_dropped(base: sqlite3.Connection, lost: int) -> None:
    """Within a transaction: so many messages are lost."""
    base.execute(COUNT, (lost,))


def _excess(base: sqlite3.Connection, bounds: Bounds, age: Age, newest: int) -> tuple[int, int]:
    """Number of the last row that must go, and how many go; looks at these and one more."""
    rows, size, _ = figures(base)
    last, lost = 0, 0
    with contextlib.closing(base.execute(OLDEST, (newest, MOST_AT_ONCE))) as oldest:
        for number, since, length in oldest:
            fits = rows <= bounds.rows and size <= bounds.payload_bytes
            if fits and not _too_old(since, age.drop_s, bounds.age_s):
                break
            last, lost = number, lost + 1
            rows, size = rows - 1, size - (length or 0)
    return last, lost


def _too_old(since: object, now_s: int | None, most_s: float) -> bool:
    # What rot has made of a time may be no number.
    return now_s is not None and isinstance(since, int) and since + most_s <= now_s


def _mend(base: sqlite3.Connection, now_s: int | None) -> None:
    """Rows stamped in the future, by a clock that leapt there and back, would stay for ever.

    Once the oldest row is such a one, all are stamped anew; until then they are in nobody's way.
    """
    head = base.execute(HEAD).fetchone() if now_s is not None else None
    if now_s is not None and head and isinstance(head[0], int) and head[0] > now_s + LEAP_S:
        base.execute(REPAIR, (now_s, now_s))
