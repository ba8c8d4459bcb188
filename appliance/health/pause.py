"""Who wants the cameras closed: owners come and go, and who pauses the booth now comes out; it outlives any restart.

A file in each writer's own folder, {"schema": "pause/1", "by": {owner: UTC minute}}: the uplink keeps the operator's,
display those of people on the spot, and none can touch the other's. Each owner lifts his own pause only: an operator
far away cannot open the camera that a passer-by has closed. Fail closed: a file that is there and cannot be read is a
pause, which somebody on the spot has to lift.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from appliance.disk import OWN_MODE, read_small, write_own
from appliance.errors import BoothError

UPLINK, DISPLAY = "uplink/pause.json", "display/pause.json"
SCHEMA = "pause/1"
OPERATOR = "operator"
"Who pauses and resumes from afar."
MOST_BYTES = 4096


class PauseError(BoothError):
    """A pause file that cannot be read: the booth is paused until somebody has looked at it."""


def file_of(state: Path, owner: str) -> Path:
    """Where the pause of `owner` is kept."""
    return state / (UPLINK if owner == OPERATOR else DISPLAY)


def paused_by(state: Path) -> str:
    """Who pauses the booth, in words; '' while it may look. Never raises: what cannot be read is a pause."""
    try:
        owners = owners_of(state)
    except PauseError as error:
        return str(error)
    return f"paused by {', '.join(owners)}" if owners else ""


def owners_of(state: Path) -> list[str]:
    """Who pauses the booth, sorted. Raises PauseError."""
    return sorted(owner for name in (UPLINK, DISPLAY) for owner in read_pauses(state / name))


def pause(state: Path, owner: str, minute: str) -> None:
    """Close the cameras for `owner`; `minute` is a note of when. Raises BoothError where nothing can be written."""
    file = file_of(state, owner)
    with locked(file):
        owners = read_pauses(file)
        if owner not in owners:
            write_pauses(file, {**owners, owner: minute})


def resume(state: Path, owner: str) -> str:
    """Lift the pause of `owner`, if there is one; returns paused_by() of those who stay.

    Raises BoothError where nothing can be written, PauseError for a file that only somebody on the spot may judge.
    """
    file = file_of(state, owner)
    with locked(file):
        owners = read_pauses(file)
        if owner in owners:
            write_pauses(file, {name: minute for name, minute in owners.items() if name != owner})
    return paused_by(state)


def read_pauses(file: Path) -> dict[str, str]:
    """Owner -> minute of those whose pauses `file` keeps. Raises PauseError."""
    cure = "paused until somebody there has looked at it and removes it"
    try:
        values = json.loads(read_small(file, MOST_BYTES))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PauseError(f"{file}: {error.strerror}; {cure}") from None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or values.keys() != {"schema", "by"} or values["schema"] != SCHEMA:
        raise PauseError(f"{file}: no {SCHEMA}; {cure}")
    owners = values["by"]
    if not isinstance(owners, dict) or not all(isinstance(minute, str) for minute in owners.values()):
        raise PauseError(f"{file}: no {SCHEMA}; {cure}")
    return owners


def write_pauses(file: Path, owners: dict[str, str]) -> None:
    """Replace the file at once. Raises BoothError."""
    content = json.dumps({"schema": SCHEMA, "by": owners}, separators=(",", ":")).encode("ascii")
    write_own(file, content, "free space or set folders.state to a writable folder")


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold FILE.lock, so that two who pause at once are both heard; the kernel lets go when the holder dies."""
    try:
        file.parent.mkdir(OWN_MODE, parents=True, exist_ok=True)
        held = file.with_name(f"{file.name}.lock").open("w")
    except OSError as error:
        cure = "set folders.state to a writable folder"
        raise BoothError(f"{file}: {os.strerror(error.errno or 0)}; {cure}") from None
    with held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
