"""The ledger of the privacy budget: days in; whether their budget may be spent, and what was spent so far, out.

`ledger.jsonl`, append-only, each line chained to the one before by its hash and on the disk before anything follows
from it. What is kept here, nobody else keeps: OpenDP forgets a day's budget with the process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from appliance.disk import sync_folder
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.logbook.book import whole_size, write_whole
from appliance.logbook.chain import pieces_of
from appliance.logbook.entry import BEGIN
from appliance.uplink.trends.account import Account
from appliance.uplink.trends.line import Line, line_from

FILE = "ledger.jsonl"
NAME = f"trends/{FILE}"
"In messages, which are short: the folder is where folders.vision says, else folders.state."
MODE = 0o640
MOST_BYTES = 4 << 20
"Twenty years of days."


class LedgerError(BoothError):
    """The ledger is not what was written: nothing may be spent until a person has looked at it."""


def read_account(folder: Path) -> Account | None:
    """The ledger of `folder`, None where there is none. Raises LedgerError for a broken chain, OSError."""
    file = folder / FILE
    try:
        if file.stat().st_size > MOST_BYTES:
            raise LedgerError(f"{NAME}: longer than a ledger gets")
        *contents, torn = pieces_of(file)
    except FileNotFoundError:
        return None
    lines: list[Line] = []
    for number, content in enumerate(contents, start=1):
        try:
            lines.append(next_line(content, lines))
        except ValueError as error:
            raise LedgerError(f"{NAME}:{number}: {error}") from None
    if not lines:
        # Not even the first line was there in full before the power went: nothing was spent after it.
        return None
    return Account(tuple(lines), len(torn))


def next_line(content: bytes, before: list[Line]) -> Line:
    """The line that follows on `before`. Raises ValueError where it does not."""
    line = line_from(content)
    if line.n != len(before) + 1:
        raise ValueError("lines were taken out or put in")
    if line.prev != (before[-1].hash if before else BEGIN):
        raise ValueError("does not follow on the line before, which was changed")
    if not before:
        if line.kind != "begin":
            raise ValueError("does not begin as a ledger does")
        return line
    step = next((one.kind for one in reversed(before) if one.kind != "torn"), "begin")
    if line.kind == "begin" or (line.kind != "torn" and (line.kind == "spend") == (step == "spend")):
        raise ValueError(f"no step of a day: {line.kind} after {step}")
    if line.day <= before[-1].day if line.kind == "spend" else line.day != before[-1].day:
        raise ValueError(f"days only rise: {line.kind} of {line.day} after {before[-1].day}")
    return line


def begin(folder: Path, clock: Clock, spent: date) -> None:
    """Make a ledger that can spend days after `spent`, unless there is one. Raises OSError."""
    with held(folder) as descriptor:
        size = os.fstat(descriptor).st_size
        if whole_size(descriptor, size):
            return
        os.ftruncate(descriptor, 0)
        line = Line(1, clock.minute, "begin", spent.isoformat(), secrets.token_hex(4))
        write_whole(descriptor, line.written, 0)
    sync_folder(folder)
    sync_folder(folder.parent)


def append(folder: Path, kind: str, day: str, note: str, clock: Clock) -> Line:
    """Write one step behind all others; it is on the disk when this returns.

    The chain is read anew under a lock, so that two processes cannot both spend a day. Raises LedgerError for a chain
    that is broken or does not bear this step, and OSError, and nothing of it stays.
    """
    with held(folder) as descriptor:
        account = read_account(folder)
        if account is None:
            raise LedgerError(f"{NAME}: it is gone")
        size = os.fstat(descriptor).st_size - account.torn
        os.ftruncate(descriptor, size)
        lines, written = list(account.lines), b""
        steps = [("torn", account.head.day, f"{account.torn} bytes cut off")] if account.torn else []
        for step in (*steps, (kind, day, note)):
            head = lines[-1]
            line = Line(head.n + 1, clock.minute, *step, head.hash)
            try:
                lines.append(next_line(line.written[:-1], lines))
            except ValueError as error:
                raise LedgerError(f"{NAME}: {error}") from None
            written += line.written
        write_whole(descriptor, written, size)
    return lines[-1]


def require_own(folder: Path) -> None:
    """Raise LedgerError for a link or a folder of somebody else, who could write a ledger as he likes; OSError."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise LedgerError(f"{folder.name}: no folder of the user who runs vision")


@contextlib.contextmanager
def held(folder: Path) -> Iterator[int]:
    """A descriptor of the ledger that this process alone writes to; the kernel lets go when it dies. Raises OSError."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    require_own(folder)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(folder / FILE, flags, MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)
