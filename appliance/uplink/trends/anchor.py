"""The end of the ledger as this boot of the machine knows it: a head in, the same out for the next process.

A file of the runtime folder, which is memory, as the tallies are: whoever puts an old ledger back finds, as long as
there is a tally that could be drawn once more, a head that is gone.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from appliance.disk import read_small

FILE = "trends.head"
"In vision's own folder of folders.runtime."
MOST_BYTES = 64


def keep(runtime: Path, head: str) -> None:
    """Remember N:HASH12; where the folder refuses, the logbook and the releases remember it, later."""
    draft = runtime / f".{FILE}.{os.getpid()}"
    with contextlib.suppress(OSError):
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(head.encode("ascii"))
        draft.replace(runtime / FILE)


def kept(runtime: Path) -> list[str]:
    """The head, or nothing. Never raises."""
    try:
        return [read_small(runtime / FILE, MOST_BYTES).decode("ascii")]
    except (OSError, ValueError):
        return []
