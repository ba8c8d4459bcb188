"""Pauses of people on the spot, which lift themselves: presses and the time in, files that vision heeds out.

Written by display alone: in memory, where vision sees it at once, and on the disk, so that it outlives a reboot.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from appliance.errors import BoothError
from appliance.health.moment import Moment
from appliance.health.pause import DISPLAY, WAIT_S, PauseError, Pauses, locked, read_pauses, write_pauses
from appliance.health.term import Term

MINUTES = 15.0
HURRY_S = 0.3
"For the lock of the memory's file, which nobody holds for longer than a moment."
log = logging.getLogger(__name__)


def pause_for(state: Path, runtime: Path, owner: str, minutes: float, now: Moment) -> None:
    """Close the cameras for `owner` from `now` on, for as long; a press while they are closed begins anew.

    Raises BoothError only where neither memory nor disk takes it.
    """
    begin(state, runtime, owner, minutes, now)
    keep(state, runtime, now)


def begin(state: Path, runtime: Path, owner: str, minutes: float, now: Moment) -> None:
    """The same in memory only, where vision sees it at once; the disk is waited for where memory refuses.

    To be followed by keep(). Raises BoothError where neither takes it.
    """
    term = Term(60 * minutes, now)
    try:
        put(runtime / DISPLAY, owner, term, now, hurried=True)
    except BoothError as error:
        put(state / DISPLAY, owner, term, now)
        log.error("the pause is kept on the disk only: %s", error)


def keep(state: Path, runtime: Path, now: Moment) -> None:
    """Bring to the disk what lies in memory only; what it refuses stays there."""
    try:
        carry(state, runtime, now)
    except BoothError as error:
        log.error("the pause is kept in one place only: %s", error)


def carry(state: Path, runtime: Path, now: Moment) -> None:
    """The same; what is over is left to settle(). Raises BoothError."""
    pauses = read_pauses(runtime / DISPLAY).items()
    terms = {owner: one for owner, one in pauses if isinstance(one, Term) and not is_over(one, now)}
    for owner, term in terms.items():
        put(state / DISPLAY, owner, term, now)
    if terms:
        drop(runtime / DISPLAY, terms)


def put(file: Path, owner: str, term: Term, now: Moment, *, hurried: bool = False) -> None:
    """Keep it in `file`, where none is that ends as late. Raises BoothError.

    `hurried`: written by then whoever holds the lock; a pause matters more than what else is in the file.
    """
    with locked(file, HURRY_S if hurried else WAIT_S, anyway=hurried):
        pauses = read_pauses(file)
        kept = pauses.get(owner)
        if not (isinstance(kept, Term) and kept.left_s(now) >= term.left_s(now)):
            write_pauses(file, {**pauses, owner: term})


def left_s(state: Path, runtime: Path, now: Moment) -> float:
    """Seconds until the last of these pauses lifts itself; 0 where there is none. Never raises."""
    left = 0.0
    for file in (runtime / DISPLAY, state / DISPLAY):  # in the order of files_of()
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
        carry(state, runtime, now)


def drop(file: Path, gone: Pauses) -> None:
    """Take out of `file` what is `gone` elsewhere; what was pressed since then stays. Raises BoothError."""
    with locked(file):
        pauses = read_pauses(file)
        write_pauses(file, {owner: one for owner, one in pauses.items() if gone.get(owner) != one})


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
