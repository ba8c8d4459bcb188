"""The outbox's file: a path goes in, a checked SQLite connection comes out; damage is set aside first."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from appliance.errors import BoothError

log = logging.getLogger(__name__)

BUSY_S = 2.0
"How long to wait for the other process; its transactions take milliseconds."
SCHEMA = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counters VALUES ('rows', 0), ('dropped', 0);
CREATE TRIGGER come AFTER INSERT ON messages BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'rows'; END;
CREATE TRIGGER go AFTER DELETE ON messages BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'rows'; END;
"""
VERSION = 1


class Opened(NamedTuple):
    """A connection and the file that it reads, whatever the path means later."""

    base: sqlite3.Connection
    inode: tuple[int, int]


def open_file(file: Path) -> Opened:
    """Open or make the outbox at `file`, in autocommit mode; the caller closes it.

    A file that is no outbox any more is renamed to FILE.corrupt-N. A lock file keeps the two processes from
    doing so at once. Raises BoothError when the folder or the file cannot be written.
    """
    try:
        with _lock(file):
            try:
                return _open_checked(file)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                set_aside(file, str(error))
                return _open_checked(file)
    except (OSError, sqlite3.Error) as error:
        raise BoothError(f"{file}: {error}; free space or mend {file.parent}") from None


def check_folder(file: Path) -> None:
    """Make the folder of `file`. Raises BoothError when nothing can be written there."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BoothError(f"{file.parent}: {error.strerror}; set folders.state to a writable folder") from None
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise BoothError(f"{file.parent}: not writable; set folders.state to a writable folder")


def is_damage(error: sqlite3.Error) -> bool:
    """True for a malformed file or none of SQLite's; false for a full disk, a lock, missing rights."""
    return type(error) is sqlite3.DatabaseError


def inode(file: Path) -> tuple[int, int] | None:
    """What `file` is now; None when it is gone. Never opens it: closing would drop SQLite's POSIX locks."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def set_aside(file: Path, reason: str) -> Path:
    """Rename the damaged file, its log beside it, to the first free FILE.corrupt-N."""
    number = 1
    while (aside := file.with_name(f"{file.name}.corrupt-{number}")).exists():
        number += 1
    for tail in ("-wal", "-shm", ""):
        part = file.with_name(file.name + tail)
        if part.exists():
            part.rename(aside.with_name(aside.name + tail))
    log.error("%s is damaged (%s); set aside as %s, a new one is started", file, reason, aside.name)
    return aside


def _open_checked(file: Path) -> Opened:
    base = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        if base.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            _lay_out(base)
        verdict = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict.splitlines()[-1])
    except BaseException:
        base.close()
        raise
    opened = inode(file)
    return Opened(base, opened or (0, 0))


def _lay_out(base: sqlite3.Connection) -> None:
    """Make the tables of a new file. Numbers start at random, so that none of a file set aside comes back."""
    if base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("another program's tables")
    start = secrets.randbits(30) << 32
    seed = f"INSERT INTO sqlite_sequence VALUES ('messages', {start});"
    base.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {seed} PRAGMA user_version = {VERSION}; COMMIT;")


@contextlib.contextmanager
def _lock(file: Path) -> Iterator[None]:
    """Hold FILE.lock; the kernel lets go of it when the holder dies."""
    with file.with_name(file.name + ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
