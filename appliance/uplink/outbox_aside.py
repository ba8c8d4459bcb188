"""What becomes of a damaged outbox: its path goes in; it lies aside, and what can be read of it is in the new one."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from appliance.uplink.outbox_schema import checksum, figures, transaction

log = logging.getLogger(__name__)

MOST_KEPT = 3
"Damaged files that lie aside, the newest; flash that rots again and again shall not fill up."
MOST_BELIEVED = 1 << 32
"Messages ever dropped by one booth; a larger figure has rotted."
TAILS = ("-wal", "-shm", "")
"What SQLite keeps beside a file, then the file: it goes last, so that no log outlives it here."
LEGIBLE = "SELECT number, kind, payload, since, crc FROM messages ORDER BY number"
KEEP = "INSERT INTO messages (kind, payload, since, crc) VALUES (?, ?, ?, ?)"
COUNT = "UPDATE figures SET dropped = dropped + ?"
Message = tuple[str, bytes, int | None, int]


def set_aside(file: Path, reason: str) -> Path:
    """Rename the damaged file, its log beside it, to FILE.corrupt-N; the newest MOST_KEPT stay."""
    older = _numbers(file)
    number = max(older, default=0) + 1
    aside = _aside(file, number)
    _rename(file, aside)
    for old in older:
        if old <= number - MOST_KEPT:
            _remove(_aside(file, old))
    sync_folder(file.parent)
    log.error("%s is damaged (%s); set aside as %s, a new one is started", file, reason, aside.name)
    return aside


def rescue(aside: Path, base: sqlite3.Connection) -> None:
    """Add the sound rows of `aside` to `base`, in their order; those that are lost count as dropped.

    A row counts as sound by its checksum. Rows of a file without figures are lost uncounted: how many there
    were nobody knows.
    """
    rows, dropped = _read(aside)
    if not rows and not dropped:
        return
    try:
        with transaction(base):
            base.executemany(KEEP, rows)
            base.execute(COUNT, (dropped,))
    except sqlite3.Error as error:
        log.error("outbox: cannot take over %d messages from %s: %s", len(rows), aside.name, error)
    else:
        log.warning("outbox: %d messages taken over from %s", len(rows), aside.name)


def sync_folder(folder: Path) -> None:
    """Let names that were made, renamed or removed in `folder` outlive a power cut (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(aside: Path) -> tuple[list[Message], int]:
    """Sound rows and how many messages were dropped, those included that cannot be read."""
    rows: dict[int, Message] = {}
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(aside))}?mode=ro", uri=True)) as base:
        for order in ("", " DESC"):
            # From both ends: a rotten page lies in between.
            with contextlib.suppress(sqlite3.Error, OverflowError):
                for number, *message in base.execute(LEGIBLE + order):
                    if number in rows:
                        break
                    if is_sound(*message):
                        rows[number] = (message[0], message[1], _time(message[2]), message[3])
        counted = dropped = 0
        with contextlib.suppress(sqlite3.Error):
            counted, _, dropped = figures(base)
    lost = dropped + max(0, counted - len(rows))
    return [rows[number] for number in sorted(rows)], lost if 0 <= lost < MOST_BELIEVED else 0


def is_sound(kind: object, payload: object, _since: object, crc: object) -> bool:
    """True for a row that says what was added."""
    return isinstance(kind, str) and isinstance(payload, bytes) and checksum(kind, payload) == crc


def _time(since: object) -> int | None:
    return since if isinstance(since, int) else None


def _numbers(file: Path) -> list[int]:
    tails = (
        path.name.removeprefix(f"{file.name}.corrupt-") for path in file.parent.glob(f"{file.name}.corrupt-*")
    )
    return sorted({int(tail) for tail in tails if tail.isdecimal()})


def _aside(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.corrupt-{number}")


def _parts(file: Path) -> Iterator[Path]:
    return (part for tail in TAILS if (part := file.with_name(file.name + tail)).exists())


def _rename(file: Path, aside: Path) -> None:
    for part in _parts(file):
        part.rename(part.with_name(part.name.replace(file.name, aside.name, 1)))


def _remove(file: Path) -> None:
    for part in _parts(file):
        part.unlink()
