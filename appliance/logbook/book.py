"""The logbook's files: changes in; lines at the end of the chain, and its head for the status, out.

logbook.jsonl in the state folder, and older ones logbook.1.jsonl to logbook.3.jsonl; the chain goes on across them.
Three users write, one at a time. What a power cut left of a last line is cut off, and an entry says so.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from appliance.disk import sync_folder
from appliance.health.clock import Clock, read_clock
from appliance.logbook.chain import FILE, OLDER, Head, head_of, newest
from appliance.logbook.entry import BEGIN, MOST_LINE, By, Entry, Kind

log = logging.getLogger(__name__)

LOCK = "logbook.lock"
MOST_BYTES = 1 << 20
"Of one file, some 3,500 changes; with four files a booth keeps the last 10,000 at least."
PATIENCE_S = 1.0
"For the lock: others hold it for milliseconds, and no camera waits for a disk that hangs."
MODE = 0o660
"Whatever the umask: three users of one group write here."


def record(state: Path, by: By, kind: Kind, now: str, clock: Clock | None = None) -> bool:
    """Write that `kind` is `now`, unless the logbook says so already; False where the disk refuses.

    Raises ValueError for a value that has no place in the logbook: a mistake of the code that calls.
    """
    clock = clock or read_clock()
    Entry(1, clock.minute, clock.synced, by, kind, "", now, BEGIN)
    try:
        with locked(state):
            was = newest(state, kind)
            if was != now:
                append(state, by, kind, (was, now), clock)
    except OSError as error:
        log.warning(
            "%s: %s; free space, or chown it; not noted: %s %s", state / FILE, error.strerror, kind, now
        )
        return False
    return True


def append(state: Path, by: By, kind: Kind, change: tuple[str, str], clock: Clock) -> None:
    """Write one change, (was, now), at the end; the lock is held. Raises OSError, and nothing of it stays."""
    rotate(state)
    descriptor = opened(state / FILE, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        whole, head = whole_size(descriptor, size), head_of(state)
        os.ftruncate(descriptor, whole)
        lines = b""
        if whole < size:
            torn = f"{size - whole} bytes cut off"
            entry = Entry(head.n + 1, clock.minute, clock.synced, "logbook", "torn", "", torn, head.hash)
            lines, head = entry.line, Head(entry.n, entry.hash)
        lines += Entry(head.n + 1, clock.minute, clock.synced, by, kind, *change, head.hash).line
        write_whole(descriptor, lines, whole)
    finally:
        os.close(descriptor)
    sync_folder(state)


def write_whole(descriptor: int, lines: bytes, size: int) -> None:
    """All of `lines` on the disk, or the file of `size` bytes as it was. Raises OSError."""
    try:
        if os.write(descriptor, lines) != len(lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def whole_size(descriptor: int, size: int) -> int:
    """Bytes of the file up to the end of its last whole line; what follows was torn by a power cut."""
    while size:
        start = max(0, size - MOST_LINE)
        end = os.pread(descriptor, size - start, start).rfind(b"\n")
        if end >= 0:
            return start + end + 1
        size = start
    return 0


def rotate(state: Path) -> None:
    """Give a full file the next older name, and let the oldest go. Raises OSError."""
    file = state / FILE
    if not file.exists() or file.stat().st_size < MOST_BYTES:
        return
    for old, older in zip([*reversed(OLDER[:-1]), FILE], reversed(OLDER), strict=True):
        if (state / old).exists():
            (state / old).replace(state / older)
    sync_folder(state)


def opened(path: Path, flags: int) -> int:
    """A descriptor of a file that the whole group may write, made if it is not there. Raises OSError."""
    # O_NONBLOCK: a pipe that somebody laid under this name holds nobody up.
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, MODE)
    with contextlib.suppress(OSError):  # that of another user of the group is as wide already
        os.fchmod(descriptor, MODE)
    return descriptor


@contextlib.contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold LOCK; the kernel lets go when the holder dies. Raises OSError, also when it is held for PATIENCE_S."""
    state.mkdir(parents=True, exist_ok=True)
    descriptor = opened(state / LOCK, os.O_RDONLY)
    until_s = time.monotonic() + PATIENCE_S
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until_s:
                    raise
            time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)


def head_words(state: Path) -> str:
    """The end of the chain for the status, 'N:HASH12'; 'none' where nothing was noted yet. Never raises."""
    try:
        head = head_of(state)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return str(head) if head.n else "none"
