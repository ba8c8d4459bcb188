"""The outbox's file: a path goes in, a checked SQLite connection comes out; damage is set aside first."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from appliance.disk import sync_folder
from appliance.errors import BoothError
from appliance.uplink.outbox_aside import finish_aside, set_aside, take_over
from appliance.uplink.outbox_schema import ROT, prepare, text_of

log = logging.getLogger(__name__)

BUSY_S = 2.0
"How long to wait for the other process; its transactions take milliseconds."
LOG_PAGES = 250
"""Of 4 KiB, after which SQLite's log begins anew.

As it comes that is 4 MB: on a disk with less to spare the log of an empty outbox would fill it, for good.
"""
LARGEST_LOG_BYTES = 8_000_000
"What SQLite's log is cut down to once a large transaction is over."
PASSING = (
    "database or disk is full",
    "database is locked",
    "database table is locked",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
    "access permission denied",
    "locking protocol",
    "interrupted",
)
"Errors (sqlite3ErrStr) that time, space or rights mend. Of the others, a missing table say, rot is the cause."


class Opened(NamedTuple):
    """A connection and the file that it reads, whatever the path means later."""

    base: sqlite3.Connection
    inode: tuple[int, int]


def open_file(file: Path) -> Opened:
    """Open or make the outbox at `file`, in autocommit mode; the caller closes it.

    A file that is no outbox any more is kept as FILE.corrupt-N; what can still be read of it is taken over.
    A lock file keeps the two processes from doing so at once. Raises BoothError when the folder or the file
    cannot be written.
    """
    try:
        with _lock(file):
            finish_aside(file)
            _make(file)
            try:
                opened = _open_checked(file)
            except ROT as error:
                if not is_damage(error):
                    raise
                set_aside(file, str(error))
                _make(file)
                opened = _open_checked(file)
            take_over(file, opened.base)
            return opened
    except (OSError, *ROT) as error:
        raise BoothError(f"{file}: {error}; free space or mend {file.parent}") from None


def check_folder(file: Path) -> None:
    """Make the folder of `file`. Raises BoothError when nothing can be written there."""
    folder = file.parent
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in missing:
            sync_folder(path.parent)
    except OSError as error:
        raise BoothError(f"{folder}: {error.strerror}; set folders.state to a writable folder") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BoothError(f"{folder}: not writable; set folders.state to a writable folder")


def is_damage(error: Exception) -> bool:
    """True for a malformed file or none of ours; false for a full disk, a lock, missing rights."""
    return not (isinstance(error, sqlite3.OperationalError) and str(error).startswith(PASSING))


def inode(file: Path) -> tuple[int, int] | None:
    """What `file` is now; None when it is gone. Never opens it: closing would drop SQLite's POSIX locks."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _make(file: Path) -> None:
    """An empty file for the group too, where there is none: SQLite alone would make it for its owner.

    In a booth vision and uplink are two users of one group. SQLite gives its log and index the same rights. A file
    that is there is not even opened: closing it would drop SQLite's POSIX locks.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o660))


def _open_checked(file: Path) -> Opened:
    base = sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)
    try:
        base.text_factory = text_of
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        base.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        base.execute(f"PRAGMA journal_size_limit = {LARGEST_LOG_BYTES}")
        # What was sent is not to be read from free pages.
        base.execute("PRAGMA secure_delete = ON")
        prepare(base)
    except BaseException:
        base.close()
        raise
    opened = inode(file)
    return Opened(base, opened or (0, 0))


@contextlib.contextmanager
def _lock(file: Path) -> Iterator[None]:
    """Hold FILE.lock; the kernel lets go of it when the holder dies."""
    # The other process may be broken into: a link of its making is not followed, a pipe holds nobody up.
    flags = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    held = os.open(file.with_name(file.name + ".lock"), flags, 0o660)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
