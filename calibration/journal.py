"""What `booth learn` has done already: keys of sources that are in a bank file, beside it; nothing of anybody."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.artifacts import write_atomically

SCHEMA = "journal/1"


@dataclass(frozen=True)
class Progress:
    """What the bank of that id has been learned from."""

    bank: str = ""
    done: tuple[str, ...] = ()
    "Keys of sources learned to their end."
    part: str = ""
    "Key of the source that was being learned; empty between two."
    passages: int = 0
    "Of that source, in the bank already."
    abstained: int = 0
    "Passages that showed nothing of their clothes, of all sources."


class Journal:
    """The file beside a bank."""

    def __init__(self, bank: Path) -> None:
        self._path = bank.with_name(f"{bank.name}.journal")

    def read(self, bank: str) -> Progress:
        """How far the bank of id `bank` is; nothing done where nobody knows."""
        for entry in reversed(self._entries()):  # a source that brought nobody new leaves the bank as it was
            if entry.bank == bank:
                return entry
        return Progress(bank)

    def write(self, before: Progress, after: Progress) -> None:
        """To be called BEFORE the bank is replaced: whichever of the two banks a crash leaves, its entry is here.

        Raises BoothError when nothing can be written.
        """
        entries = [asdict(entry) for entry in (before, after)]
        write_atomically(self._path, json.dumps({"schema": SCHEMA, "entries": entries}).encode())

    def _entries(self) -> list[Progress]:
        try:
            content = json.loads(self._path.read_bytes())
            return [Progress(**{**entry, "done": tuple(entry["done"])}) for entry in content["entries"]]
        except (OSError, ValueError, KeyError, TypeError):
            return []  # a lost journal costs learning some sources twice, not the bank


def key_of(source: str, excerpt: str) -> str:
    """Name for this very file (place, size, time of change) and part of it; empty for what is no file."""
    path = Path(source)
    if not path.is_file():
        return ""
    facts = path.stat()
    text = f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns} {excerpt}"
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]
