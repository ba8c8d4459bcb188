"""Keys that a booth has made and asked to have signed: a ticket in; the same key each time, never on a stick, out."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.disk import write_durably
from appliance.errors import BoothError
from appliance.provision.papers import make_key
from appliance.provision.places import Places, make_folder

MOST = 4
"Sticks that may wait for an answer at once; the oldest gives way."


def pending_key(places: Places, ticket: str) -> bytes | None:
    """The key made for this ticket; None where none was."""
    try:
        return file_of(places, ticket).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BoothError(
            f"{error.filename}: {os.strerror(error.errno or 0)}; `booth factory-reset`"
        ) from None


def key_for(places: Places, ticket: str) -> bytes:
    """The key for this ticket, made at the first time. Raises BoothError when it cannot be kept."""
    known = pending_key(places, ticket)
    if known is not None:
        return known
    try:
        make_folder(places.pending, 0o700)
        forget_oldest(places)
    except OSError as error:
        raise BoothError(f"{places.pending}: {os.strerror(error.errno or 0)}; free space") from None
    key = make_key()
    write_durably(file_of(places, ticket), key, "free space", mode=0o600)
    return key


def forget_oldest(places: Places) -> None:
    """Leave room for one more. Raises OSError."""
    waiting = sorted(places.pending.glob("*.key"), key=lambda path: path.stat().st_mtime)
    for path in waiting[: max(0, len(waiting) + 1 - MOST)]:
        path.unlink()


def file_of(places: Places, ticket: str) -> Path:
    """Where it lies."""
    return places.pending / f"{ticket}.key"
