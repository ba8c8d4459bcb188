"""What an update says of itself: journal and the courier's note in, one line for status, board and technician out."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.health.notices import QUIET, tell, told
from appliance.logbook import record
from appliance.logbook.entry import VERSION
from appliance.update.courier import Note
from appliance.update.orders import Orders
from appliance.update.refusal import QUIET as QUIET_NAMES
from appliance.update.state import State

PASSING = ("no-server", "stalled", "truncated")
"Refusals of a bad line, said only where there is nothing else to say."


def words_of(state: State, note: Note, orders: Orders) -> str:
    """The line; that of notices for 'nothing' where there is nothing."""
    if state.phase == "trying":
        return f"trying {state.version} (boot {state.attempts})"
    if state.phase == "rolling-back":
        return f"rolling back {state.reason}"
    if note.phase == "refused" and note.name not in (*QUIET_NAMES, *PASSING):
        return f"refused ({note.name}): {note.reason}"
    if state.phase == "unpacked":
        return f"{state.version} is ready and starts between {window_text(orders)}"
    if note.phase == "downloading":
        return f"downloading {note.version}"
    return _result(state, note)


def _result(state: State, note: Note) -> str:
    if state.phase == "rolled-back":
        return f"rolled back {state.reason}"
    if note.phase == "refused" and note.name in PASSING:
        return f"waiting ({note.name}): {note.reason}"
    if state.phase == "kept":
        return f"kept {state.version}"
    return state.reason or QUIET["update"]


def window_text(orders: Orders) -> str:
    """As 02:00 and 05:00."""
    first, end = (f"{int(hour):02d}:{round(hour % 1 * 60):02d}" for hour in orders.update.window)
    return f"{first} and {end}"


def say(folder: Path, words: str) -> None:
    """Tell the booth's notices, if it is news. Raises BoothError."""
    if told(folder, "update") != words[:120]:
        tell(folder, "update", words)
        if change := noted(words):
            record(folder, "update", "update", change)


def noted(words: str) -> str:
    """What the logbook has of it: the step and its version, no reason; '' for what changes nothing."""
    if words.startswith("rolled back"):
        return "reverted"
    if words.startswith("refused ("):
        return "refused"
    step = re.match(f"(trying|kept) {VERSION}(?= |$)", words)
    return step[0] if step else ""
