"""The table: outcomes by fault go in, lines for people come out: what the booth lost, and what its peers lost."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.ledger import Outcome

HEAD = (
    "fault",
    "events",
    "full disk refused",
    "booth lost",
    "copies",
    "bare paho lost",
    "drop-if-disconnected lost",
)


def table(outcomes: Mapping[str, Outcome], seed: int) -> str:
    """One line per fault; copies are duplicates at the consumer, which its de-duplication takes out."""
    rows = [HEAD, *(_row(name, outcome) for name, outcome in outcomes.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        " | ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([f"seed {seed}", *lines])


def _row(name: str, outcome: Outcome) -> tuple[str, ...]:
    peers = (str(len(peer.lost)) for peer in outcome.peers)
    figures = (outcome.events, outcome.refused, len(outcome.booth.lost), outcome.copies)
    return (name, *map(str, figures), *peers)
