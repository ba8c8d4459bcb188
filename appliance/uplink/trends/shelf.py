"""The releases that the booth keeps: messages in; files DAY.json, each a message to the byte, and the old ones away."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from appliance.disk import read_small, sync_folder, write_durably
from appliance.errors import BoothError
from appliance.uplink.trends.release import MOST_BYTES

FOLDER = "trends"
"In folders.learned: whoever may exchange it has a day drawn twice."
CURE = "free space or set folders.vision to a writable folder"
MOST_DAYS = 400
MOST_FILES = 2 * MOST_DAYS
"That are looked at: whoever fills the folder with others does not hold the booth up."
MOST_ASIDES = 1000
MODE = 0o640


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the one process that works in `folder`; the kernel lets go when it dies. Raises BoothError, OSError.

    Without it a second one finds the day of the first spent, and calls it lost while the first one sends it.
    """
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BoothError(f"{folder}: another process is at it; let one vision run") from None
        yield
    finally:
        os.close(descriptor)


def file_of(folder: Path, day: str) -> Path:
    """Where the release of a day lies."""
    return folder / f"{day}.json"


def put(folder: Path, day: str, payload: bytes) -> None:
    """Keep a release; it is on the disk when this returns. Raises BoothError."""
    write_durably(file_of(folder, day), payload, CURE, mode=MODE)


def get(folder: Path, day: str) -> bytes | None:
    """The release of a day, None where there is none. Raises OSError."""
    try:
        return read_small(file_of(folder, day), MOST_BYTES)
    except FileNotFoundError:
        return None


def days_of(folder: Path) -> list[str]:
    """Days of which there is a release, the oldest first. Raises OSError."""
    try:
        names = [file.stem for file in folder.iterdir() if file.suffix == ".json" and is_day(file.stem)]
    except FileNotFoundError:
        return []
    return sorted(names)[-MOST_FILES:]


def asides_of(folder: Path) -> list[Path]:
    """Folders that `booth trends begin` has set aside. Raises OSError."""
    names = [path for path in folder.parent.glob(f"{folder.name}.aside-*") if path.is_dir()]
    return sorted(path for path in names if not path.is_symlink())[:MOST_ASIDES]


def is_day(text: str) -> bool:
    """Whether this is YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def ledger_of(payload: bytes) -> str:
    """The line that a release names as the one that paid for it; '' where it names none."""
    try:
        named = json.loads(payload)["ledger"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return named if isinstance(named, str) else ""


def clear(folder: Path, today: date, keep_days: int) -> None:
    """Let releases go that are older than `keep_days`, and drafts that a kill left. Raises OSError."""
    oldest = (today - timedelta(days=min(keep_days, MOST_DAYS))).isoformat()
    old = [file_of(folder, day) for day in days_of(folder) if day < oldest]
    drafts = [file for file in folder.glob(".*.part") if file.is_file()]
    for file in (*old, *drafts):
        file.unlink(missing_ok=True)
    if old or drafts:
        sync_folder(folder)
