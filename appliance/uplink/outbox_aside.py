"""What becomes of a damaged outbox: its path goes in; it lies aside, and what can be read of it is in the new one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from appliance.disk import sync_folder
from appliance.uplink.outbox_schema import ROT, checksum, figures, text_of, transaction

log = logging.getLogger(__name__)

MOST_KEPT = 3
"Damaged files that lie aside, the newest; flash that rots again and again shall not fill up."
MOST_BELIEVED = 1 << 32
"Messages ever dropped by one booth; a larger figure has rotted."
DAMAGED = ".damaged"
"What is set aside and not yet taken over; then it is called FILE.corrupt-N."
LOG = "-wal"
TAILS = (LOG, "-shm")
"What SQLite keeps beside a file: its log, and the log's index."
UPWARD = "SELECT number, kind, payload, since, crc FROM messages WHERE number > ? ORDER BY number LIMIT 1"
DOWNWARD = UPWARD.replace(">", "<").replace("ORDER BY number", "ORDER BY number DESC")
LAST = (1 << 63) - 1
ADD = "INSERT INTO messages (kind, payload, since, crc) VALUES (?, ?, ?, ?)"
COUNT = "UPDATE figures SET dropped = dropped + ?"
Message = tuple[str, bytes, int | None, int]
"Kind, payload, since, crc; of what has rotted any may be anything."


def set_aside(file: Path, reason: str) -> None:
    """Rename the damaged file, its log beside it, to FILE.damaged, where take_over() looks for it."""
    damaged = _damaged(file)
    if damaged.exists():
        _keep(file)
    file.rename(damaged)
    sync_folder(file.parent)
    finish_aside(file)
    log.error("%s is damaged (%s); set aside, a new one is started", file, reason)


def finish_aside(file: Path) -> None:
    """Let the log follow its file, which a kill in set_aside() may have parted: SQLite would delete it."""
    damaged = _damaged(file)
    if damaged.exists() and not file.exists():
        for tail in TAILS:
            _rename(file, damaged, tail)
        sync_folder(file.parent)


def is_owed(file: Path) -> bool:
    """True while rows of a damaged file are not taken over."""
    return _damaged(file).exists()


def take_over(file: Path, base: sqlite3.Connection) -> None:
    """Add the sound rows of FILE.damaged to `base`, in their order, count the others as dropped; then keep it.

    A row is sound by its checksum. A file without figures loses rows uncounted: how many there were nobody
    knows. Cut short, by a full disk say, it is done anew at the next opening: rows may come twice, none is lost.
    """
    if not is_owed(file):
        return
    damaged = _damaged(file)
    rows, lost = _read(damaged)
    try:
        with transaction(base):
            base.executemany(ADD, rows)
            base.execute(COUNT, (lost,))
    except sqlite3.Error as error:
        log.error("outbox: cannot take over %d messages from %s: %s", len(rows), damaged.name, error)
        return
    kept = _keep(file)
    if rows or lost:
        log.warning("outbox: %d messages taken over from %s, %d lost", len(rows), kept.name, lost)


def _read(aside: Path) -> tuple[list[Message], int]:
    """Sound rows and how many messages were dropped, those included that cannot be read."""
    rows: dict[int, Message] = {}
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(aside))}?mode=ro", uri=True)) as base:
        base.text_factory = text_of
        for query, start in ((UPWARD, 0), (DOWNWARD, LAST)):
            # From both ends: a rotten page lies in between.
            for number, message in _walk(base, query, start):
                if number in rows:
                    break
                if is_sound(*message):
                    rows[number] = (message[0], message[1], _time(message[2]), message[3])
        counted = dropped = 0
        with contextlib.suppress(*ROT):
            counted, _, dropped = figures(base)
    lost = dropped + max(0, counted - len(rows))
    return [rows[number] for number in sorted(rows)], lost if 0 <= lost < MOST_BELIEVED else 0


def _walk(base: sqlite3.Connection, query: str, number: int) -> Iterator[tuple[int, Message]]:
    """Rows from `number` on to the first that cannot be read; one by one, for an error takes its row along."""
    with contextlib.suppress(*ROT, OverflowError):
        up = query == UPWARD
        while found := base.execute(query, (number,)).fetchone():
            if (found[0] > number) is not up:
                return  # the tree has rotted into a circle
            number, *message = found
            yield number, tuple(message)


def is_sound(kind: object, payload: object, _since: object, crc: object) -> bool:
    """True for a row that says what was added."""
    return isinstance(kind, str) and isinstance(payload, bytes) and checksum(kind, payload) == crc


def forget_aside(file: Path, before_s: float) -> None:
    """Remove damaged files that were written last before that, in unix time; never raises."""
    for number in _numbers(file):
        kept = _corrupt(file, number)
        with contextlib.suppress(OSError):
            if kept.stat().st_mtime < before_s:
                _remove(kept)


def _remove(kept: Path) -> None:
    for tail in (*TAILS, ""):
        _beside(kept, tail).unlink(missing_ok=True)


def _time(since: object) -> int | None:
    return since if isinstance(since, int) else None


def _numbers(file: Path) -> list[int]:
    tails = (
        path.name.removeprefix(f"{file.name}.corrupt-") for path in file.parent.glob(f"{file.name}.corrupt-*")
    )
    return sorted({int(tail) for tail in tails if tail.isdecimal()})


def _damaged(file: Path) -> Path:
    return file.with_name(file.name + DAMAGED)


def _keep(file: Path) -> Path:
    """Call FILE.damaged FILE.corrupt-N, N rising; the newest MOST_KEPT stay."""
    older = _numbers(file)
    number = max(older, default=0) + 1
    kept = _corrupt(file, number)
    for tail in (*TAILS, ""):
        _rename(_damaged(file), kept, tail)
    for old in older:
        if old <= number - MOST_KEPT:
            _remove(_corrupt(file, old))
    sync_folder(file.parent)
    return kept


def _corrupt(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.corrupt-{number}")


def _rename(old: Path, new: Path, tail: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        _beside(old, tail).rename(_beside(new, tail))


def _beside(file: Path, tail: str) -> Path:
    return file.with_name(file.name + tail)
