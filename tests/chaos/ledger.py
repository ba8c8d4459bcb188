"""The books: what the writers said and what the backend has go in; what is lost, foreign or disordered comes out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


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
    settled: int = 0
    "Of a peer: events that it has nothing more to do for, as far as it knows."
    _streak: int = 0

    def hear(self, line: str) -> None:
        """One line of a writer."""
        mark, event = line.split()
        if mark == "?":
            self.tried.append(event)
        elif mark == "=":
            self.settled += 1
        elif mark == "+":
            self.kept.append(event)
            self._streak = 0
        else:
            self.refused.add(event)
            self._streak += 1

    def pending(self) -> int:
        """Events that the living writer has tried and said nothing of yet."""
        return len(self.tried) - len(self.kept) - len(self.refused) - self.doubts

    def close_boot(self) -> None:
        """The writer is dead: what it tried last is in doubt."""
        self.doubts += self.pending()
        self.uncounted += self._streak
        self._streak = 0
        self.settled = len(self.kept)

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
        wrong = (f"{len(ids)} {what}: {', '.join(ids[:5])}" for what, ids in vars(self).items() if ids)
        return "; ".join(wrong) or "all there"


@dataclass(frozen=True)
class Outcome:
    """What one fault did."""

    events: int
    "That each party made, or set out to make."
    copies: int
    "Of its events, that the backend got besides the first."
    booth: Verdict
    peers: tuple[Verdict, ...]
    "Bare paho; the one that drops while disconnected."
    refused: int
    "Events that the full disk refused."

    def __str__(self) -> str:
        return f"{self.events} events, {self.refused} refused by the disk; {self.booth}"


def verdict(ledger: Ledger, arrived: list[str]) -> Verdict:
    """Compare; `arrived` are ids after de-duplication. Events in doubt at a kill may be there or not."""
    there, tried = set(arrived), set(ledger.tried)
    boots: dict[str, set[int]] = defaultdict(set)
    for event in arrived:
        boots[boot_of(event)].add(sequence_of(event))
    refused = {(boot_of(event), sequence_of(event)) for event in ledger.refused}
    gaps = [
        f"{boot} without {number}"
        for boot, numbers in boots.items()
        for number in range(1, max(numbers))
        if number not in numbers and (boot, number) not in refused
    ]
    committed: dict[str, list[str]] = defaultdict(list)
    for event in ledger.kept:
        committed[boot_of(event)].append(event)
    disordered = [boot for boot, ids in committed.items() if sorted(ids, key=sequence_of) != ids]
    return Verdict(
        lost=[event for event in ledger.kept if event not in there],
        foreign=[event for event in arrived if event not in tried or event in ledger.refused],
        gaps=gaps,
        disordered=disordered,
    )


def boot_of(event: str) -> str:
    """Of an event: booth and boot."""
    return event.rsplit("-", 1)[0]


def sequence_of(event: str) -> int:
    """Of an event: its number within the boot."""
    return int(event.rsplit("-", 1)[1])
