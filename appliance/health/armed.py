"""Who means the booth to go on: acts of people go in, and when the newest of each kind was comes out.

A file in each writer's own folder, {"schema": "armed/1", "id", "boot", "at_s", "unix_s", "synced"}: the uplink writes
that the city team has sent `resume`, display that somebody on the spot has pressed "Arm the booth" on the booth's own
screen, or entered the field page's code. What cannot be read is no such act. The switch itself is vision's, see
verbs/dead_man.py.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.disk import read_small, write_own
from appliance.health.moment import Moment

UPLINK, DISPLAY = "uplink/armed.json", "display/armed.json"
SCHEMA = "armed/1"
MOST_BYTES = 512
MOST_ID = 16


@dataclass(frozen=True)
class Act:
    """Somebody has armed the booth."""

    id: str
    "Another for each."
    at: Moment


def arm(file: Path, now: Moment) -> None:
    """Keep that somebody has armed the booth now. Raises BoothError."""
    values = {"schema": SCHEMA, "id": secrets.token_hex(8), **asdict(now)}
    content = json.dumps(values, separators=(",", ":")).encode("ascii")
    write_own(file, content, "free space or set folders.state to a writable folder")


def acts_in(state: Path) -> list[Act]:
    """The newest act of each kind. Never raises: what cannot be read arms nothing."""
    acts = []
    for name in (UPLINK, DISPLAY):
        try:
            values = json.loads(read_small(state / name, MOST_BYTES))
            acts.append(act_from(values))
        except (OSError, ValueError, RecursionError):
            continue
    return acts


def act_from(values: object) -> Act:
    """The record of a file's JSON. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.pop("schema", None) != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    try:
        name = values.pop("id")
        if not (isinstance(name, str) and 0 < len(name) <= MOST_ID):
            raise ValueError("no id")
        return Act(name, Moment(**values))
    except (KeyError, TypeError):
        raise ValueError(f"no {SCHEMA}") from None
