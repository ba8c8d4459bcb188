"""The tables of the outbox: a connection goes in; tables of this version, checked or migrated, are there after it."""

from __future__ import annotations

import contextlib
import logging
import secrets
import sqlite3
import zlib
from collections.abc import Iterator

log = logging.getLogger(__name__)

VERSION = 2
ROT = (sqlite3.Error, UnicodeDecodeError)
"What a rotten file raises: Python cannot read a message of SQLite that quotes the rot."
SCHEMA = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, payload BLOB NOT NULL,
    since INTEGER, crc INTEGER NOT NULL) STRICT;
CREATE INDEX unstamped ON messages (number) WHERE since IS NULL;
CREATE TABLE figures (
    one INTEGER PRIMARY KEY CHECK (one = 1), rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL) STRICT;
INSERT INTO figures VALUES (1, 0, 0, 0);
CREATE TRIGGER come AFTER INSERT ON messages BEGIN
    UPDATE figures SET rows = rows + 1, bytes = bytes + length(new.payload); END;
CREATE TRIGGER go AFTER DELETE ON messages BEGIN
    UPDATE figures SET rows = rows - 1, bytes = bytes - length(old.payload); END;
"""
"since: unix time from which the row ages; NULL until a trusted clock has seen it."
FROM_1 = f"""
DROP TRIGGER come;
DROP TRIGGER go;
ALTER TABLE messages RENAME TO former;
{SCHEMA}
INSERT INTO messages (number, kind, payload, crc) SELECT number, kind, payload, crc(kind, payload) FROM former;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'former') WHERE name = 'messages';
INSERT INTO sqlite_sequence SELECT 'messages', seq FROM sqlite_sequence
    WHERE name = 'former' AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'messages');
UPDATE figures SET dropped = (SELECT value FROM counters WHERE name = 'dropped');
DROP TABLE former;
DROP TABLE counters;
"""
"Of version 1: rows without checksum and time. Numbers stay, and none that was used comes back."
COUNTED = "SELECT rows, bytes, dropped FROM figures"
TRUTH = "SELECT count(*), coalesce(sum(length(payload)), 0) FROM messages"
FIT = f"SELECT (rows, bytes) = ({TRUTH}) FROM figures"
LAST_START = 1 << 62
"Numbers start below this, so that a file has room for as many again."


def checksum(kind: str, payload: bytes) -> int:
    """CRC-32 of what a row says: a row that rotted on flash must not go out as an event."""
    return zlib.crc32(payload, zlib.crc32(kind.encode()))


def text_of(raw: bytes) -> str:
    """Text of a row; what rotted reaches the checksum, which knows it, and does not end in a decoding error."""
    return raw.decode("utf-8", "replace")


def figures(base: sqlite3.Connection) -> tuple[int, int, int]:
    """Rows, bytes of their payloads, and messages dropped. Raises DatabaseError where they are gone."""
    found: tuple[int, int, int] | None = base.execute(COUNTED).fetchone()
    if found is None or not all(isinstance(figure, int) for figure in found):
        raise sqlite3.DatabaseError("its figures are gone")
    return found


def prepare(base: sqlite3.Connection) -> None:
    """Make, migrate or check the tables. Raises sqlite3.Error; DatabaseError itself for damage."""
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        with transaction(base):
            _bring_up(base, version)
    _check(base)


@contextlib.contextmanager
def transaction(base: sqlite3.Connection) -> Iterator[None]:
    """Everything within happens or nothing does."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
        base.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, a full disk among them.
        with contextlib.suppress(sqlite3.Error):
            base.execute("ROLLBACK")
        raise


def _bring_up(base: sqlite3.Connection, version: int) -> None:
    if version == 1:
        base.create_function("crc", 2, checksum, deterministic=True)
        _run(base, FROM_1)
    elif version == 0 and not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        _run(base, SCHEMA)
        # At random, so that no number of a file set aside comes back.
        start = secrets.randbits(30) << 32
        base.execute("INSERT INTO sqlite_sequence VALUES ('messages', ?)", (start,))
    else:
        raise sqlite3.DatabaseError("another program's tables")
    base.execute(f"PRAGMA user_version = {VERSION}")


def _run(base: sqlite3.Connection, script: str) -> None:
    """Within the transaction: executescript() would commit it first."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            base.execute(statement)
            statement = ""


def _check(base: sqlite3.Connection) -> None:
    """Pages, tables and numbers of a file that may have rotted; figures that do not fit are mended."""
    verdict = base.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict.splitlines()[-1])
    if _tables(base) != _wanted_tables():
        raise sqlite3.DatabaseError("its tables are not the outbox's")
    last = base.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'messages'").fetchone()[0]
    if not isinstance(last, int) or not 0 <= last < 2 * LAST_START - (1 << 32):
        raise sqlite3.DatabaseError("its numbers are at their end")
    figures(base)
    if not base.execute(FIT).fetchone()[0]:
        base.execute(f"UPDATE figures SET (rows, bytes) = ({TRUTH})")
        log.warning("outbox: its figures did not fit its rows; counted anew")


def _tables(base: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(base.execute("SELECT name, sql FROM sqlite_master"))


def _wanted_tables() -> set[tuple[str, str]]:
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _run(fresh, SCHEMA)
        return _tables(fresh)
    finally:
        fresh.close()
