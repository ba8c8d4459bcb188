"""The books: what the writers said and what the backend has go in; what is lost, foreign or out of order comes out."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Ledger:
    """What the writers of one booth said, in their order."""

    tried: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    "Outbox.add() returned True: these must arrive."
    refused: set[str] = field(default_factory=set)
    "Outbox.add() returned False: these must not."
    doubts: int = 0
    "Tried by writers that were killed before they could say what became of it."
    uncounted: int = 0
    "Refusals that a killed writer may not have been able to count on disk: those since its last success."
    _streak: int = 0

    def hear(self, line: str) -> None:
        """One line of a writer."""
        mark, id = line.split()
        if mark == "?":
            self.tried.append(id)
        elif mark == "+":
            self.kept.append(id)
            self._streak = 0
        else:
            self.refused.add(id)
            self._streak += 1

    def pending(self) -> int:
        """Events that the living writer has tried and said nothing of yet."""
        return len(self.tried) - len(self.kept) - len(self.refused) - self.doubts

    def close_boot(self) -> None:
        """The writer is dead: what it tried last is in doubt."""
        self.doubts += self.pending()
        self.uncounted += self._streak
        self._streak = 0

    def explains(self, dropped: int) -> bool:
        """Whether a booth that says so has counted well."""
        return len(self.refused) - self.uncounted <= dropped <= len(self.refused)


@dataclass(frozen=True)
class Verdict:
    """What is wrong; all empty when nothing is."""

    lost: list[str]
    "Committed, and not at the backend."
    foreign: list[str]
    "At the backend, and refused or never made."
    gaps: list[str]
    "Boots that the backend must take for incomplete, by the sequence numbers alone."
    disordered: list[str]
    "Boots whose events, sorted by sequence, are not in the order of their commits."

    @property
    def clean(self) -> bool:
        """Every committed event once, nothing else, no gap, in order."""
        return not any(vars(self).values())

    def __str__(self) -> str:
        wrong = {key: ids for key, ids in vars(self).items() if ids}
        return "; ".join(f"{len(ids)} {key}: {', '.join(ids[:5])}" for key, ids in wrong.items()) or "all there"


def verdict(ledger: Ledger, arrived: list[str]) -> Verdict:
    """Compare; `arrived` are ids after de-duplication. Events in doubt at a kill may be there or not."""
    there, tried = set(arrived), set(ledger.tried)
    boots: dict[str, set[int]] = defaultdict(set)
    for id in arrived:
        boots[boot_of(id)].add(sequence_of(id))
    refused = {(boot_of(id), sequence_of(id)) for id in ledger.refused}
    gaps = [
        f"{boot} without {number}"
        for boot, numbers in boots.items()
        for number in range(1, max(numbers))
        if number not in numbers and (boot, number) not in refused
    ]
    committed: dict[str, list[str]] = defaultdict(list)
    for id in ledger.kept:
        committed[boot_of(id)].append(id)
    disordered = [boot for boot, ids in committed.items() if sorted(ids, key=sequence_of) != ids]
    return Verdict(
        lost=[id for id in ledger.kept if id not in there],
        foreign=[id for id in arrived if id not in tried or id in ledger.refused],
        gaps=gaps,
        disordered=disordered,
    )


def boot_of(id: str) -> str:
    """Of an event: booth and boot."""
    return id.rsplit("-", 1)[0]


def sequence_of(id: str) -> int:
    """Of an event: its number within the boot."""
    return int(id.rsplit("-", 1)[1])


def read_events(file: Path, booth: str) -> dict[str, int]:
    """Id and number of copies of each event of `booth` in the backend's file, by first arrival."""
    return dict(_ask(file, "SELECT key, copies FROM heard WHERE topic LIKE ? ORDER BY rowid", f"%/{booth}/exception"))


def read_latest(file: Path, booth: str, kind: str) -> bytes:
    """Last message of a kind other than exception; b'' before the first."""
    rows = _ask(file, "SELECT payload, 0 FROM heard WHERE topic LIKE ?", f"%/{booth}/{kind}")
    return bytes(rows[0][0]) if rows else b""


def _ask(file: Path, query: str, value: str) -> list[tuple[str, int]]:
    base = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        return base.execute(query, (value,)).fetchall()
    finally:
        base.close()
