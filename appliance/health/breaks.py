"""Pauses of people on the spot, which lift themselves: presses and the time in, files that vision heeds out.

Written by display alone. The disk first, so that a pause outlives a reboot; where it takes nothing, memory.
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

    Raises BoothError only where neither disk nor memory takes it, and no damaged file keeps them closed already.
    """
    term = Term(60 * minutes, now)
    try:
        put(state / DISPLAY, owner, term)
    except BoothError as error:
        log.error("the pause is kept in memory only: %s", error)
        put(runtime / DISPLAY, owner, term)


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
