"""What the backend has written down: its file goes in; events and last messages of a booth come out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

EVENTS = "SELECT key, copies FROM heard WHERE topic LIKE ? ORDER BY rowid"
COPIES = "SELECT copies FROM heard WHERE topic LIKE ?"
LAST = "SELECT payload FROM heard WHERE topic LIKE ?"
TELLING = "SELECT count(*) FROM heard WHERE topic LIKE ? AND instr(CAST(payload AS TEXT), ?)"


class Heard:
    """The file of tests.chaos.backend, read while it is written."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def events(self, booth: str) -> dict[str, int]:
        """Id and number of copies of each event, by first arrival."""
        return dict(self._ask(EVENTS, f"%/{booth}/exception"))

    def telling(self, booth: str, text: str) -> int:
        """How many events have `text` in them."""
        return int(self._ask(TELLING, f"%/{booth}/exception", text)[0][0])

    def last(self, booth: str, kind: str) -> bytes:
        """Last message of a kind other than exception; b'' before the first."""
        rows = self._ask(LAST, f"%/{booth}/{kind}")
        return bytes(rows[0][0]) if rows else b""

    def copies(self, booth: str, kind: str) -> int:
        """How many messages of a kind other than exception have come."""
        rows = self._ask(COPIES, f"%/{booth}/{kind}")
        return int(rows[0][0]) if rows else 0

    def _ask(self, query: str, *values: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)) as base:
            return base.execute(query, values).fetchall()
