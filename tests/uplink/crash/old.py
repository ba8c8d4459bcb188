"""The tables of an outbox of version 1, as booths of that time have left them on their disks."""

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
