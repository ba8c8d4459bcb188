"""Pauses of people on the spot, which lift themselves: presses and the time in, files that vision heeds out.

Written by display alone: in memory, where vision sees it at once, and on the disk, so that it outlives a reboot.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from appliance.errors import BoothError
from appliance.health.moment import Moment
from appliance.health.pause import DISPLAY, PauseError, locked, read_pauses, write_pauses
from appliance.health.term import Term

MINUTES = 15.0
log = logging.getLogger(__name__)


def pause_for(state: Path, runtime: Path, owner: str, minutes: float, now: Moment) -> None:
    """Close the cameras for `owner` from `now` on, for as long; a press while they are closed begins anew.

    Memory first: vision sees it at once, however long the disk takes. Raises BoothError only where neither takes it.
    """
    term = Term(60 * minutes, now)
    faults = [fault for folder in (runtime, state) if (fault := refusal(folder / DISPLAY, owner, term))]
    if len(faults) == 2:
        raise faults[-1]
    if not faults:
        with contextlib.suppress(BoothError):
            drop(runtime / DISPLAY)
    else:
        log.error("the pause is kept in one place only: %s", faults[0])


def refusal(file: Path, owner: str, term: Term) -> BoothError | None:
    """Why a pause cannot be kept in `file`; None when it is."""
    try:
        put(file, owner, term)
    except BoothError as error:
        return error
    return None


def put(file: Path, owner: str, term: Term) -> None:
    """Keep it in `file`. Raises BoothError."""
    with locked(file):
        write_pauses(file, {**read_pauses(file), owner: term})


def left_s(state: Path, runtime: Path, now: Moment) -> float:
    """Seconds until the last of these pauses lifts itself; 0 where there is none. Never raises."""
    left = 0.0
    for file in (state / DISPLAY, runtime / DISPLAY):
        with contextlib.suppress(PauseError):
            terms = [one for one in read_pauses(file).values() if isinstance(one, Term)]
            left = max([left, *(term.left_s(now) for term in terms)])
    return left


def settle(state: Path, runtime: Path, now: Moment) -> None:
    """Take away what is over, so that no later boot begins it anew, and bring to the disk what lies in memory only.

    To be called every few seconds; what a disk refuses is tried with the next call.
    """
    for file in (state / DISPLAY, runtime / DISPLAY):
        with contextlib.suppress(BoothError):
            clear(file, now)
    with contextlib.suppress(BoothError):
        waiting = {
            owner: one for owner, one in read_pauses(runtime / DISPLAY).items() if isinstance(one, Term)
        }
        for owner, term in waiting.items():
            put(state / DISPLAY, owner, term)
        if waiting:
            write_pauses(runtime / DISPLAY, {})


def drop(file: Path) -> None:
    """Forget what `file` keeps. Raises BoothError."""
    with locked(file):
        write_pauses(file, {})


def clear(file: Path, now: Moment) -> None:
    """Take what is over out of `file`; nothing is written where nothing is. Raises BoothError."""
    if not any(is_over(one, now) for one in read_pauses(file).values()):
        return
    with locked(file):
        pauses = read_pauses(file)
        write_pauses(file, {owner: one for owner, one in pauses.items() if not is_over(one, now)})


def is_over(pause: str | Term, now: Moment) -> bool:
    """Whether a pause has lifted itself."""
    return isinstance(pause, Term) and pause.left_s(now) <= 0
