"""Figures of the running processes: a dict goes in each second, the freshest one comes out, or None."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.disk import read_small
from appliance.errors import BoothError

STALE_S = 5.0
"Older figures say nothing about now: the process that wrote them hangs or is gone."
LAST_WORDS_S = 120.0
"Those of a process that ended over a fault, which count until it has been started again: systemd pauses before."

MOST_BYTES = 65_536
"Of a file; a longer one, or one whose JSON is too deep, is none: three processes share the folder, and root reads it."
LATEST_S = 1e12


def write_vitals(runtime: Path, process: str, vitals: dict[str, Any], now_s: float | None = None) -> None:
    """Replace `runtime`/`process`.json in one step; a reader sees the old or the new figures, never half.

    `now_s` is the monotonic clock (seconds since boot, shared by all processes of the machine), read here
    when None. Raises BoothError when the folder cannot be written.
    """
    target = runtime / f"{process}.json"
    draft = runtime / f".{process}.json.{os.getpid()}"
    stamped = {**vitals, "written_s": time.monotonic() if now_s is None else now_s}
    try:
        runtime.mkdir(parents=True, exist_ok=True)
        # Others write in this folder too: a link that one of them laid under this name is not followed.
        draft.unlink(missing_ok=True)
        with draft.open("x", encoding="utf-8") as file:
            file.write(json.dumps(stamped, separators=(",", ":")))
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        cure = "make it writable for this user or set folders.runtime to a folder that is"
        raise BoothError(f"{target}: {error.strerror}; {cure}") from None


def read_vitals(
    runtime: Path,
    process: str,
    now_s: float | None = None,
    is_from: Callable[[int], bool] = lambda _: True,
) -> dict[str, Any] | None:
    """Figures of `process` with `written_s`; None when missing, torn or, at `now_s`, too old to count.

    None, too, when `is_from` refuses their owner: whoever is of the folder's group may exchange the file.
    """
    try:
        vitals = json.loads(read_small(runtime / f"{process}.json", MOST_BYTES, is_from))
    except (OSError, ValueError, RecursionError):
        return None
    written_s = vitals.get("written_s") if isinstance(vitals, dict) else None
    if not isinstance(written_s, int | float) or not -LATEST_S < written_s < LATEST_S:
        return None
    age_s = (time.monotonic() if now_s is None else now_s) - written_s
    fresh_s = LAST_WORDS_S if vitals.get("state") == "failed" else STALE_S
    # A file from before a reboot carries a time in the future of the young monotonic clock.
    return vitals if -STALE_S <= age_s <= fresh_s else None


def remove_vitals(runtime: Path, process: str) -> None:
    """Take back the figures of a process that ends cleanly; never raises."""
    with contextlib.suppress(OSError):
        (runtime / f"{process}.json").unlink(missing_ok=True)
