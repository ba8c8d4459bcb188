"""Whether a technician is on the field page: a session that is renewed every few seconds in, yes or no for vision out.

display/field.json in the runtime folder: {"schema": "field/1", "until_s": monotonic seconds, "take": number}. Written
by display alone, and gone at the session's end; a session nobody renews ends by itself.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.disk import OWN_MODE, read_small
from appliance.errors import BoothError
from appliance.health.owners import is_from_display

FILE = "display/field.json"
SCHEMA = "field/1"
LONGEST_S = 60.0
"However far ahead a session says it ends, it counts for no longer: a page that died must not leave it open."
RENEW_S = 15.0
"How far ahead the page sets the end; it renews it a few times within that."
MOST_BYTES = 256
MOST_TAKE = 2**31 - 1


@dataclass(frozen=True)
class Session:
    """A technician at work."""

    until_s: float
    "Seconds on the monotonic clock."
    take: int = 0
    "The drawing of the empty street is begun anew whenever this is another number."

    def __post_init__(self) -> None:
        if not math.isfinite(self.until_s) or not 0 <= self.take <= MOST_TAKE:
            raise ValueError("no session")


def renew_session(runtime: Path, now_s: float, take: int = 0) -> None:
    """Open a session, or keep it open for RENEW_S from `now_s` on. Raises BoothError where nothing can be written."""
    session = Session(now_s + RENEW_S, take)
    body = {"schema": SCHEMA, "until_s": session.until_s, "take": session.take}
    write_sign(runtime / FILE, body)


def write_sign(file: Path, body: Mapping[str, object]) -> None:
    """Replace a file by which display tells vision something, in its own folder. Raises BoothError."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(OWN_MODE, parents=True, exist_ok=True)
        draft.write_text(json.dumps(body), encoding="ascii")
        draft.replace(file)
    except OSError as error:
        cure = "make it writable for this user or set folders.runtime to a folder that is"
        raise BoothError(f"{file}: {error.strerror}; {cure}") from None


def end_session(runtime: Path) -> None:
    """End the session, if there is one; never raises."""
    with contextlib.suppress(OSError):
        (runtime / FILE).unlink(missing_ok=True)


def session_at(runtime: Path, now_s: float) -> Session | None:
    """The session that lasts at `now_s`; None for none, and for anything that display did not write. Never raises."""
    try:
        session = session_from(json.loads(read_small(runtime / FILE, MOST_BYTES, is_from_display)))
    except (OSError, ValueError, RecursionError):
        return None
    return session if now_s < session.until_s <= now_s + LONGEST_S else None


def session_from(values: object) -> Session:
    """The record of a file's JSON. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.keys() != {"schema", "until_s", "take"}:
        raise ValueError(f"no {SCHEMA}")
    until_s, take = values["until_s"], values["take"]
    if values["schema"] != SCHEMA or isinstance(until_s, bool) or not isinstance(until_s, int | float):
        raise ValueError(f"no {SCHEMA}")
    if isinstance(take, bool) or not isinstance(take, int):
        raise ValueError(f"no {SCHEMA}")
    return Session(float(until_s), take)
