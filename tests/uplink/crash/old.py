"""The tables of an outbox of version 1, as booths of that time have left them on their disks."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

VERSION_1 = """
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counters VALUES ('rows', 0), ('dropped', 0);
CREATE TRIGGER come AFTER INSERT ON messages BEGIN
    UPDATE counters SET value = value + 1 WHERE name = 'rows'; END;
CREATE TRIGGER go AFTER DELETE ON messages BEGIN
    UPDATE counters SET value = value - 1 WHERE name = 'rows'; END;
INSERT INTO sqlite_sequence VALUES ('messages', 4294967296000);
PRAGMA user_version = 1;
COMMIT;
"""


def old_outbox(file: Path, payloads: list[bytes], dropped: int = 0) -> list[int]:
    """An outbox of version 1 with these messages; their numbers."""
    with contextlib.closing(sqlite3.connect(file)) as base:
        base.executescript(VERSION_1)
        base.executemany(
            "INSERT INTO messages (kind, payload) VALUES ('exception', ?)", [(p,) for p in payloads]
        )
        base.execute("UPDATE counters SET value = ? WHERE name = 'dropped'", (dropped,))
        base.commit()
        return [number for (number,) in base.execute("SELECT number FROM messages ORDER BY number")]
