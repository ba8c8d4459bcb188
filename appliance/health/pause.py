"""Who wants the cameras closed: owners come and go, and who pauses the booth now comes out; it outlives any restart.

A file in each writer's own folder: the uplink keeps the operator's pauses, display those of people on the spot, and
none can touch the other's. {"schema": "pause/1", "by": {owner: UTC minute}}, and pause/2 where a pause lifts itself:
{owner: a term, see term.py}. Each owner lifts his own pause only: an operator far away cannot open the camera that a
passer-by has closed. Fail closed: a file that is there and cannot be read is a pause, which somebody on the spot has to
lift, and a pause that no disk takes lies in memory, in display's folder of the runtime folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from appliance.disk import OWN_MODE, read_small, write_own
from appliance.errors import BoothError
from appliance.health.moment import Moment, read_moment
from appliance.health.term import Term, json_from_term, term_from_json

UPLINK, DISPLAY = "uplink/pause.json", "display/pause.json"
SCHEMA, TERMS = "pause/1", "pause/2"
OPERATOR = "operator"
"Who pauses and resumes from afar."
PASSER_BY = "passer-by"
"Who pauses by the page, its key or the button of the booth."
MOST_BYTES = 4096
LOCK_MODE = 0o600
WAIT_S = 2.0
"For the lock: its holder may wait for the disk."
CURE = "paused until somebody there has looked at it and removes it"
Pauses = Mapping[str, str | Term]
"Owner -> the UTC minute when it began, or the term after which it lifts itself."


class PauseError(BoothError):
    """A pause file that cannot be read: the booth is paused until somebody has looked at it."""


def file_of(state: Path, owner: str) -> Path:
    """Where the pause of `owner` is kept."""
    return state / (UPLINK if owner == OPERATOR else DISPLAY)


def files_of(state: Path, runtime: Path | None) -> list[Path]:
    """Everywhere that pauses may lie, in the order to read them; `runtime`, where there is one, has the newest.

    Memory comes first: what has left it meanwhile is on the disk by then, the other way round it could be missed.
    """
    return [*([runtime / DISPLAY] if runtime else []), state / UPLINK, state / DISPLAY]


def paused_by(state: Path, runtime: Path | None = None, now: Moment | None = None) -> str:
    """Who pauses the booth, in words; '' while it may look. Never raises: what cannot be read is a pause."""
    try:
        owners = owners_of(state, runtime, now)
    except PauseError as error:
        return str(error)
    return f"paused by {', '.join(owners)}" if owners else ""


def owners_of(state: Path, runtime: Path | None = None, now: Moment | None = None) -> list[str]:
    """Who pauses the booth `now`, sorted. Raises PauseError."""
    pauses = [pair for file in files_of(state, runtime) for pair in read_pauses(file).items()]
    timed = any(isinstance(pause, Term) for _, pause in pauses)
    moment = now or (read_moment() if timed else None)
    return sorted({owner for owner, pause in pauses if lasts(pause, moment)})


def lasts(pause: str | Term, now: Moment | None) -> bool:
    """Whether a pause is not over; one without a term is not until it is lifted."""
    return not isinstance(pause, Term) or now is None or pause.left_s(now) > 0


def pause(state: Path, owner: str, minute: str) -> None:
    """Close the cameras for `owner`; `minute` is a note of when. Raises BoothError where nothing can be written."""
    file = file_of(state, owner)
    with locked(file):
        owners = read_pauses(file)
        if not isinstance(owners.get(owner), str):
            write_pauses(file, {**owners, owner: minute})


def resume(state: Path, owner: str, runtime: Path | None = None) -> str:
    """Lift the pause of `owner`, if there is one; returns paused_by() of those who stay, here and in `runtime`.

    Raises BoothError where nothing can be written, PauseError for a file that only somebody on the spot may judge.
    """
    file = file_of(state, owner)
    with locked(file):
        owners = read_pauses(file)
        if owner in owners:
            write_pauses(file, {name: pause for name, pause in owners.items() if name != owner})
    return paused_by(state, runtime)


def read_pauses(file: Path) -> Pauses:
    """Those that `file` keeps, over or not. Raises PauseError."""
    try:
        values = json.loads(read_small(file, MOST_BYTES))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PauseError(f"{file}: {error.strerror}; {CURE}") from None
    except (ValueError, RecursionError):
        values = None
    try:
        return pauses_from(values)
    except ValueError:
        raise PauseError(f"{file}: no {SCHEMA}; {CURE}") from None


def pauses_from(values: Any) -> Pauses:
    """The pauses of a file's JSON. Raises ValueError for any other."""
    if (
        not isinstance(values, dict)
        or values.keys() != {"schema", "by"}
        or not isinstance(values["by"], dict)
    ):
        raise ValueError("no pauses")
    if values["schema"] not in (SCHEMA, TERMS):
        raise ValueError("no pauses")
    timed, by = values["schema"] == TERMS, values["by"]
    if not timed and not all(isinstance(minute, str) for minute in by.values()):
        raise ValueError("no pauses")
    return {owner: one if isinstance(one, str) else term_from_json(one) for owner, one in by.items()}


def write_pauses(file: Path, owners: Pauses) -> None:
    """Replace the file at once. Raises BoothError."""
    terms = any(isinstance(pause, Term) for pause in owners.values())
    by = {owner: json_from_term(one) if isinstance(one, Term) else one for owner, one in owners.items()}
    # Without a term as older programs know it: one that an update is taken back to shall not stay closed over it.
    content = json.dumps({"schema": TERMS if terms else SCHEMA, "by": by}, separators=(",", ":"))
    write_own(file, content.encode("ascii"), "free space or set folders.state to a writable folder")


@contextlib.contextmanager
def locked(file: Path, wait_s: float = WAIT_S, *, anyway: bool = False) -> Iterator[None]:
    """Hold FILE.held, so that two who pause at once are both heard; the kernel lets go when the holder dies.

    Raises BoothError where nothing can be written, or others hold it for `wait_s`: then goes on, where `anyway`.
    """
    # For this user alone: whoever can read a file can hold its lock, and each press would wait for him.
    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file.parent.mkdir(OWN_MODE, parents=True, exist_ok=True)
        held = os.open(file.with_name(f"{file.name}.held"), flags, LOCK_MODE)
    except OSError as error:
        cure = "set folders.state to a writable folder"
        raise BoothError(f"{file}: {os.strerror(error.errno or 0)}; {cure}") from None
    try:
        with contextlib.suppress(
            OSError
        ):  # where somebody else owns it, and lets us write: as narrow as he made it
            os.fchmod(held, LOCK_MODE)
        if not taken(held, wait_s) and not anyway:
            raise BoothError(f"{file}: held by another program; end that one, or wait for the disk")
        yield
    finally:
        os.close(held)


def taken(held: int, wait_s: float) -> bool:
    """Whether the lock could be had within `wait_s`."""
    until_s = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until_s:
                return False
            time.sleep(0.01)
        else:
            return True
