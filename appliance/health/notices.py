"""What rare events say of the booth: a subject and one line in, that line for status and board out until the next.

Files in the state folder, notice-{subject}.json: {"schema": "notice/1", "text": line}. Written by whoever did the thing
(the update, the first boot, the rescue), mostly as root; read by everybody.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, get_args

from appliance.disk import read_small, write_durably

Subject = Literal["update", "provision", "machine"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
"Of the program, of the stick that gave the booth its identity, of the computer and its camera."
SCHEMA = "notice/1"
MOST_TEXT = 120
MOST_BYTES = 1024
QUIET: dict[Subject, str] = {"update": "none", "provision": "none", "machine": "ok"}
"What is said while nobody has told anything."


def tell(state: Path, subject: Subject, text: str) -> None:
    """Keep `text` as what is said of `subject` from now on; one line, cut to MOST_TEXT. Raises BoothError."""
    line = " ".join(text.split())[:MOST_TEXT] or QUIET[subject]
    content = json.dumps({"schema": SCHEMA, "text": line}, separators=(",", ":")).encode("ascii")
    file = file_of(state, subject)
    write_durably(file, content, "free space or set folders.state to a writable folder", mode=0o644)


def told(state: Path, subject: Subject) -> str:
    """What is said of `subject`. Never raises: a file that cannot be read is said so."""
    file = file_of(state, subject)
    try:
        values = json.loads(read_small(file, MOST_BYTES))
    except FileNotFoundError:
        return QUIET[subject]
    except (OSError, ValueError, RecursionError):
        values = None
    text = values.get("text") if isinstance(values, dict) and values.get("schema") == SCHEMA else None
    return text[:MOST_TEXT] if isinstance(text, str) and text else f"unknown: {file.name} cannot be read"


def told_all(state: Path) -> dict[str, str]:
    """What is said of every subject."""
    return {subject: told(state, subject) for subject in SUBJECTS}


def file_of(state: Path, subject: Subject) -> Path:
    """Where the line of `subject` lies."""
    return state / f"notice-{subject}.json"
