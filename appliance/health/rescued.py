"""How far the rescue of vision has gone: steps taken in, their count, and the end of the story, out.

A file in the runtime folder, which a reboot empties; written by the rescue, removed by vision when it sees again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from appliance.disk import read_small
from appliance.errors import BoothError
from appliance.health.notices import QUIET, tell, told

FILE = "rescue-vision"
MOST_STEPS = 99
MOST_BYTES = 8
OURS = ("reboot required", "vision does not start")
"How the notices open that the rescue gives."


def steps_taken(runtime: Path) -> int:
    """Rescues since vision last saw anything; a file that is no number counts as one."""
    try:
        text = read_small(runtime / FILE, MOST_BYTES).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return 0
    except OSError:
        return 1
    return min(MOST_STEPS, int(text)) if text.isdecimal() else 1


def take_step(runtime: Path) -> int:
    """Count one more, and return how many there were before. A folder that refuses is no reason to stop.

    What cannot be counted is no first time: else the daemon would be restarted for ever, with no pause between.
    """
    before = steps_taken(runtime)
    draft = runtime / f".{FILE}.part"
    try:
        draft.unlink(missing_ok=True)
        with draft.open("x", encoding="ascii") as file:
            file.write(str(min(MOST_STEPS, before + 1)))
        draft.replace(runtime / FILE)
    except OSError:
        return max(1, before)
    return before


def end_rescue(runtime: Path, state: Path) -> None:
    """Vision sees: the steps are forgotten, and so is what the rescue said of the machine. Never raises."""
    with contextlib.suppress(OSError):
        (runtime / FILE).unlink(missing_ok=True)
    if told(state, "machine").startswith(OURS):
        with contextlib.suppress(BoothError):
            tell(state, "machine", QUIET["machine"])
