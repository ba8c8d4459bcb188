"""The figures behind the figures: findings go in, tables of text for the page come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from appliance.analysis.calendar import span_of, told_by
from appliance.analysis.city import City, Day
from appliance.analysis.estimate import Estimate
from appliance.analysis.findings import Findings
from appliance.analysis.means import labels_of, mean_diversity, mean_share, within
from appliance.analysis.spans import Changes
from appliance.analysis.wording import below, between, percent, percents, points, spoken

BLOCK_DAYS = 28
MOST_BLOCKS = 13
"Of one table: a year; longer histories are told in longer blocks."
DASH = "\u2013"


@dataclass(frozen=True)
class Sheet:
    """A table as it is printed: the first cell of each row is its heading."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def blocks_of(cities: Sequence[City]) -> list[tuple[date, int]]:
    """First day and length of each block of the time that the cities told of."""
    first, last = span_of(cities)
    whole = (last - first).days + 1
    length = BLOCK_DAYS * max(1, -(-whole // (BLOCK_DAYS * MOST_BLOCKS)))
    return [(first + timedelta(start), length) for start in range(0, whole, length)]


def block_heads(cities: Sequence[City]) -> tuple[str, ...]:
    """Days of each block."""
    end = span_of(cities)[1]
    last = [min(end, first + timedelta(length - 1)) for first, length in blocks_of(cities)]
    ends = zip(blocks_of(cities), last, strict=True)
    return tuple(f"{first.day} {first:%b} {DASH} {until.day} {until:%b %Y}" for (first, _), until in ends)


def told(share: Estimate | None) -> str:
    """A share with its interval."""
    return f"{percent(share.value)} ({percents(share)})" if share else "not told"


def share_sheets(cities: Sequence[City], table: str) -> list[Sheet]:
    """Shares by block, a sheet for each city."""
    sheets = []
    for city in cities:
        blocks = [within(city, first, length) for first, length in blocks_of(cities)]
        rows = [
            (spoken(label), *(told(mean_share(days, table, label)) for days in blocks))
            for label in labels_of(city.days, table)
        ]
        caption = f"{city.title}, {spoken(table)}: share of passages (95 % interval)"
        sheets.append(Sheet(caption, (spoken(table), *block_heads(cities)), tuple(rows)))
    return sheets


def diversity_sheet(cities: Sequence[City]) -> Sheet:
    """Means of the days' diversity by block."""

    def cell(days: Sequence[Day]) -> str:
        mean = mean_diversity(days)
        return f"{mean.value:.2f} ({mean.low:.2f} to {mean.high:.2f})" if mean else DASH

    blocks = blocks_of(cities)
    rows = [(city.title, *(cell(within(city, *block)) for block in blocks)) for city in cities]
    return Sheet(
        "Mean diversity of a day, in styles (95 % interval)", ("city", *block_heads(cities)), tuple(rows)
    )


def novelty_sheet(cities: Sequence[City]) -> Sheet:
    """The newest day of each block, and how many were new for certain.

    No means: booths tell a novelty that noise has pushed below 0 as 0, so that means would come out too high.
    """

    def cell(days: Sequence[Day]) -> str:
        new = [(day.novelty, day.day) for day in days if day.novelty]
        if not new:
            return DASH
        sure = sum(novelty.low > 0 for novelty, _ in new)
        most, when = max(new, key=lambda one: one[0].value)
        ends = f"{max(0.0, most.low):.4f} to {most.high:.4f}"
        return f"{sure} of {len(new)}; {most.value:.4f} ({ends}) on {when.day} {when:%b}"

    blocks = blocks_of(cities)
    rows = [(city.title, *(cell(within(city, *block)) for block in blocks)) for city in cities]
    caption = "Novelty: days above 0 for certain, and the newest day, in bits (95 % interval)"
    return Sheet(caption, ("city", *block_heads(cities)), tuple(rows))


def change_sheet(city: City, changes: Changes) -> Sheet:
    """Every cell that was compared, those that moved and those that did not."""
    rows = [
        (
            f"{spoken(cell.table)}: {spoken(cell.label)}",
            below(cell.before) if "before" in cell.hidden else told(cell.before),
            below(cell.after) if "after" in cell.hidden else told(cell.after),
            points(cell.difference.value),
            between(cell.difference),
            between(cell.difference, changes.z),
            {1: "rose", -1: "fell", 0: DASH}[cell.difference.sign(changes.z)],
        )
        for cell in changes.cells
    ]
    head = (
        *("cell", f"first {changes.days} days", f"last {changes.days} days", "change, points"),
        *("95 % interval", f"95 % for all {len(rows)}", "surely"),
    )
    return Sheet(f"{city.title}: first against last {changes.days} days", head, tuple(rows))


def apart_sheet(findings: Findings) -> Sheet:
    """Divergences."""
    rows = [
        (
            f"{one.here.title} {DASH} {one.there.title}",
            spoken(one.table),
            f"{max(0.0, one.bits.value):.4f}",
            f"{max(0.0, one.bits.low):.4f} to {max(0.0, one.bits.high):.4f}",
            str(one.cells),
            percent(one.covered),
        )
        for one in findings.apart
    ]
    head = (
        "cities",
        "table",
        "divergence, bits",
        "95 % interval",
        "cells that both tell",
        "passages in them",
    )
    return Sheet("Jensen-Shannon divergence between cities", head, tuple(rows))


def row_sheet(findings: Findings) -> Sheet:
    """Cells by city, of those that are compared."""
    cities = findings.compared
    rows = [
        (
            f"{spoken(row.table)}: {spoken(row.label)}",
            *(told(row.shares.get(city.name)) for city in cities),
            "yes" if row.widest(findings.z) > 0 else DASH,
        )
        for row in findings.rows
    ]
    head = ("cell", *(city.title for city in cities), "surely differ")
    return Sheet("Shares by city on the days that all of them told (95 % interval)", head, tuple(rows))


def calendar_sheet(cities: Sequence[City]) -> Sheet:
    """Days told and missing by booth."""
    first, last = span_of(cities)
    whole = [first + timedelta(step) for step in range((last - first).days + 1)]
    rows = []
    for name, days in told_by(cities):
        missing = [f"{day.day} {day:%b}" for day in whole if day not in set(days)]
        shown = ", ".join(missing[:12]) + (f" and {len(missing) - 12} more" if len(missing) > 12 else "")
        rows.append((name, str(len(days)), str(len(missing)), shown or DASH))
    return Sheet("Days told and missing", ("booth", "told", "missing", "which"), tuple(rows))
