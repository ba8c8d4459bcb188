"""Wishes from afar: a message that nobody vouches for goes in, a command and its reply come out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MOST_BYTES = 512
ID = re.compile(r"[A-Za-z0-9-]{1,64}")
COMMANDS = ("request-status", "identify", "pause", "resume")
SUPPORTED = ("request-status",)


@dataclass(frozen=True)
class Command:
    """One wish by schema command/1."""

    id: str
    "Chosen by the asker; comes back in the reply."
    name: str
    "One of COMMANDS; '' where the message is no command."


def command_from_payload(payload: bytes) -> Command:
    """The command; with an empty name, and an empty id if need be, where the message is not by the schema."""
    try:
        values = json.loads(payload) if len(payload) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return Command("", "")
    asked = values.get("id")
    known = asked if isinstance(asked, str) and ID.fullmatch(asked) else ""
    closed = set(values) == {"schema", "id", "command"} and values["schema"] == "command/1"
    name = values.get("command")
    return Command(known, name if known and closed and name in COMMANDS else "")


def payload_from_command(command: Command) -> bytes:
    """The message that carries it."""
    values = {"schema": "command/1", "id": command.id, "command": command.name}
    return json.dumps(values, separators=(",", ":")).encode("ascii")


def reply_payload(command: Command) -> bytes:
    """What becomes of it, by schema reply/1."""
    if not command.name:
        result, reason = "not understood", "no command/1"
    elif command.name in SUPPORTED:
        result, reason = "done", ""
    else:
        result, reason = "refused", "not yet supported"
    values = {"schema": "reply/1", "id": command.id, "result": result, "reason": reason}
    return json.dumps(values, separators=(",", ":")).encode("ascii")
