"""The counts of one day: outfits in; how many passages fell in each cell out. No row of anybody, and no time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from appliance.outfit import Outfit
from appliance.uplink.trends.styles import read_codebook
from appliance.uplink.trends.tables import all_tables, cells_of

SCHEMA = "tally/1"
MOST = 10_000_000
"Passages of one day: no street has so many, and no figure grows without a bound."


class Tally:
    """Exact counts, which never leave the memory: only release.py makes something of them, through noise."""

    def __init__(self, day: date | None) -> None:
        """`day`: None while nobody knows it."""
        self.day = day
        self.passages = 0
        self.counts: dict[str, list[int]] = {table.name: [0] * len(table.labels) for table in all_tables()}

    def add(self, outfit: Outfit) -> None:
        """Count one passage, once in each table."""
        if self.passages >= MOST:
            return
        self.passages += 1
        for table, cell in zip(all_tables(), cells_of(outfit), strict=True):
            self.counts[table.name][cell] += 1

    def values(self) -> dict[str, Any]:
        """As JSON has it."""
        day = self.day.isoformat() if self.day else None
        known = {"schema": SCHEMA, "codebook": read_codebook().id, "day": day}
        return {**known, "passages": self.passages, "counts": self.counts}


def tally_from(values: Any) -> Tally:
    """What values() gave. Raises ValueError for anything else, also for one of another codebook."""
    try:
        fits = values["schema"] == SCHEMA and values["codebook"] == read_codebook().id
        tally = Tally(date.fromisoformat(values["day"]) if values["day"] is not None else None)
        tally.passages = counted([values["passages"]])[0]
        tables = {table.name: counted(values["counts"][table.name]) for table in all_tables()}
    except (LookupError, TypeError, AttributeError):
        raise ValueError("no tally") from None
    if not fits or any(sum(counts) != tally.passages for counts in tables.values()):
        raise ValueError("no tally of this program")
    if any(len(counts) != len(tally.counts[name]) for name, counts in tables.items()):
        raise ValueError("no tally of these tables")
    tally.counts = tables
    return tally


def counted(values: Iterable[Any]) -> list[int]:
    """The same numbers. Raises ValueError unless they are counts."""
    counts = list(values)
    if not all(type(count) is int and 0 <= count <= MOST for count in counts):
        raise ValueError("no counts")
    return counts
