"""Whether somebody asks to be scored: a press on the board in; whether vision looks at who is on the spot, out.

display/ask.json in the runtime folder: {"schema": "ask/1", "until_s": monotonic seconds, "number": number}. Written by
display alone; another number is another ask, and each ends by itself. Vision answers in its vitals, by "ask", the
number, and "answer", one of answers.py; both stay until the next ask.
"""

from __future__ import annotations

import contextlib
import json
import math
import secrets
from dataclasses import dataclass
from pathlib import Path

from appliance.disk import read_small
from appliance.health.field import write_sign
from appliance.health.owners import is_from_display

FILE = "display/ask.json"
SCHEMA = "ask/1"
ASK_S = 30.0
"From the press on; however far ahead a file says that it ends, it counts for no longer."
MOST_BYTES = 256
MOST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Ask:
    """Somebody asks to be scored."""

    until_s: float
    "Seconds on the monotonic clock."
    number: int
    "Whoever stands on the spot is met anew with another one."

    def __post_init__(self) -> None:
        if not math.isfinite(self.until_s) or not 0 <= self.number <= MOST_NUMBER:
            raise ValueError("no ask")


def write_ask(runtime: Path, now_s: float) -> Ask:
    """Ask anew, for ASK_S from `now_s` on. Raises BoothError where nothing can be written."""
    ask = Ask(now_s + ASK_S, secrets.randbelow(MOST_NUMBER + 1))
    body = {"schema": SCHEMA, "until_s": ask.until_s, "number": ask.number}
    write_sign(runtime / FILE, body)
    return ask


def end_ask(runtime: Path) -> None:
    """Ask no more; never raises."""
    with contextlib.suppress(OSError):
        (runtime / FILE).unlink(missing_ok=True)


def ask_at(runtime: Path, now_s: float) -> Ask | None:
    """The ask that lasts at `now_s`; None for none, and for anything that display did not write. Never raises."""
    try:
        ask = ask_from(json.loads(read_small(runtime / FILE, MOST_BYTES, is_from_display)))
    except (OSError, ValueError, RecursionError):
        return None
    return ask if now_s < ask.until_s <= now_s + ASK_S else None


def ask_from(values: object) -> Ask:
    """The record of a file's JSON. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.keys() != {"schema", "until_s", "number"}:
        raise ValueError(f"no {SCHEMA}")
    until_s, number = values["until_s"], values["number"]
    numbers = isinstance(until_s, int | float) and isinstance(number, int)
    if values["schema"] != SCHEMA or not numbers or isinstance(until_s, bool) or isinstance(number, bool):
        raise ValueError(f"no {SCHEMA}")
    return Ask(float(until_s), number)
