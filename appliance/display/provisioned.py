"""What the board says of the booth's identity: the state folder in; a line for the technician, mostly none, out."""

from __future__ import annotations

from pathlib import Path

from appliance.health.notices import QUIET, file_of, told

FRESH_S = 3600.0
"A booth that was given its identity says so for as long as somebody may stand before it and wait."
LASTING = ("waiting", "request")
"How a line begins that stays until somebody does something."


def provision_line(state: Path, now_unix_s: float) -> str:
    """The line at this time; empty when there is nothing to say, or no more."""
    line = told(state, "provision")
    if line == QUIET["provision"] or line.startswith(LASTING):
        return "" if line == QUIET["provision"] else line
    try:
        age_s = now_unix_s - file_of(state, "provision").stat().st_mtime
    except OSError:
        return ""
    return line if age_s < FRESH_S else ""
