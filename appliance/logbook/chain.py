"""The chain of the logbook: its files in; its head, its entries and every place where it is broken out.

Cutting the end off leaves a chain that looks whole. Therefore each status of the booth carries the head, and whoever
has an old one can ask whether the chain still goes through it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.logbook.entry import BEGIN, Entry, entry_from

FILE = "logbook.jsonl"
OLDER = ("logbook.1.jsonl", "logbook.2.jsonl", "logbook.3.jsonl")
"The youngest first."
SHORT_READ = 16 << 10
"For the head, which is asked for once a second."
MOST_READ = 4 << 20
"Bytes of one file; no booth writes so many."
ANCHOR = re.compile(r"(\d{1,10}):([0-9a-f]{12})")


@dataclass(frozen=True)
class Head:
    """The end of the chain, or a place in it."""

    n: int = 0
    hash: str = BEGIN

    def __str__(self) -> str:
        return f"{self.n}:{self.hash[:12]}"


@dataclass(frozen=True)
class Link:
    """One line as it was found."""

    place: str
    "File and line."
    entry: Entry | None
    "None where the line is no entry any more."
    fault: str
    "'' for a sound one."
    head: Head
    "The chain up to here."


def head_of(state: Path) -> Head:
    """The end of the chain, be its last line sound or not; Head() where there is none. Raises OSError."""
    for name in (FILE, *OLDER):
        for most in (SHORT_READ, MOST_READ):
            try:
                found = head_in(lines_of(state / name, most))
            except FileNotFoundError:
                break
            if found is not None:
                return found
    return Head()


def head_in(lines: list[bytes]) -> Head | None:
    """The head after these lines; None where none of them is an entry."""
    for place in range(len(lines) - 1, -1, -1):
        try:
            entry = entry_from(lines[place])
        except ValueError:
            continue
        head = Head(entry.n, entry.hash)
        for damaged in lines[place + 1 :]:
            head = after_damage(damaged, head)
        return head
    return None


def files_of(state: Path) -> list[Path]:
    """The files that there are, oldest first."""
    return [path for name in (*reversed(OLDER), FILE) if (path := state / name).is_file()]


def lines_of(file: Path, most: int = MOST_READ) -> list[bytes]:
    """Whole lines in its last `most` bytes, without their ends; a torn last one is none. Raises OSError."""
    return pieces_of(file, most)[:-1]


def pieces_of(file: Path, most: int = MOST_READ) -> list[bytes]:
    """The same, and last of all what follows the end of the last whole line: b"" but for a torn one. Raises OSError."""
    # A link or a pipe that one of the three users laid here does not hold up the others, root among them.
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
        skipped = max(0, os.fstat(opened.fileno()).st_size - most)
        opened.seek(skipped)
        pieces = opened.read(most).split(b"\n")
    return pieces[1:] if skipped else pieces


def links_of(state: Path) -> Iterator[Link]:
    """Every line of the logbook, oldest first, each with what is wrong with it. Raises OSError."""
    head: Head | None = None
    for file in files_of(state):
        *lines, torn = pieces_of(file)
        for number, line in enumerate(lines, start=1):
            place = f"{file.name}:{number}"
            try:
                entry = entry_from(line)
            except ValueError as error:
                head = after_damage(line, head)
                yield Link(place, None, str(error), head)
                continue
            fault = fault_between(entry, head)
            head = Head(entry.n, entry.hash)
            yield Link(place, entry, fault, head)
        if torn:
            words = f"{len(torn)} bytes without an end: torn by a power cut, or changed"
            yield Link(f"{file.name}:{len(lines) + 1}", None, words, head or Head())


def after_damage(line: bytes, head: Head | None) -> Head:
    """Where the chain goes on after a line that is no entry: by the hash of the line as it stands."""
    return Head((head or Head()).n + 1, hashlib.sha256(line).hexdigest())


def fault_between(entry: Entry, head: Head | None) -> str:
    """Why `entry` does not follow on what came before, None for the first line there is; '' when it does."""
    if head is None:
        # The files before may have gone with the years; the very first entry is known by its number.
        return "" if entry.n > 1 or entry.prev == BEGIN else "the first entry follows on another"
    if entry.n != head.n + 1:
        return f"entry {entry.n} follows on {head.n}: lines were taken out or put in"
    return "" if entry.prev == head.hash else "does not follow on the line before, which was changed"


def newest(state: Path, kind: str) -> str:
    """What the newest entry of `kind` says, '' where there is none. Raises OSError."""
    for file in reversed(files_of(state)):
        for line in reversed(lines_of(file)):
            try:
                entry = entry_from(line)
            except ValueError:
                continue
            if entry.kind == kind:
                return entry.now
    return ""


def faults_of(state: Path, anchor: str = "") -> list[str]:
    """Where the chain is broken, one line each; with an `anchor`, a head of an old status, whether it is still there.

    Raises OSError, and ValueError for an anchor that is none.
    """
    links = list(links_of(state))
    found = [f"{link.place}: {link.fault}" for link in links if link.fault]
    if anchor:
        known = ANCHOR.fullmatch(anchor)
        if known is None:
            raise ValueError("no head of a logbook; write it as the status has it, N:HASH12")
        found += anchor_faults([link.head for link in links], int(known[1]), known[2])
    return found


def anchor_faults(heads: list[Head], n: int, start: str) -> list[str]:
    """Whether the chain goes through entry `n` with a hash that starts so."""
    if not heads or n > heads[-1].n:
        return [f"entry {n} is gone: the chain was cut off at {heads[-1].n if heads else 0}"]
    there = next((head for head in heads if head.n == n), None)
    if there is None:
        older = f"entry {n} is older than what is kept, from {heads[0].n} on: it cannot be told; use a younger head"
        return [older if n < heads[0].n else f"entry {n} is gone"]
    return [] if there.hash.startswith(start) else [f"entry {n} is another than the one that was told"]
