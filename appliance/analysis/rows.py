"""Releases as rows: a row per booth, day, table and cell, each with all that its release says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.analysis.release import Cell, Counts, Mover, Release

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """One column: its name, what kind of values it has, and what they mean."""

    name: str
    kind: str
    "word, day, count or figure."
    meaning: str


COLUMNS = (
    Column("city", "word", "the booth's city"),
    Column("booth", "word", "unique within its city"),
    Column("day", "day", "from midnight to midnight in time_zone, or as the booth's day ends"),
    Column("time_zone", "word", "of the tz database"),
    Column("table", "word", "what was counted"),
    Column("label", "word", "the answer; empty where a table tells no cell"),
    Column("count", "count", "passages counted so, with noise; empty for a cell that only moved"),
    Column("share", "figure", "count by passages"),
    Column(
        "low",
        "figure",
        "lower end of the 95 % interval of the street's share: noise and chance; 0 near the limit of what is told",
    ),
    Column("high", "figure", "upper end of it"),
    Column(
        "change",
        "figure",
        "share less that of the days before, where the cell moved for sure; of one that is not told the least fall",
    ),
    Column("change_low", "figure", "lower end of its interval, all cells together at 95 %"),
    Column("change_high", "figure", "upper end of it"),
    Column("suppressed", "count", "cells of the table left out because too few passages stood behind them"),
    Column("noise_scale", "figure", "of the discrete Laplace noise in count, in passages"),
    Column("noise_half_width", "figure", "95 % of that noise is within this, in passages"),
    Column("table_epsilon", "figure", "privacy loss of the table"),
    Column("passages", "count", "passages of the day, with noise"),
    Column("passages_low", "count", "lower end of the 95 % interval of the number without noise"),
    Column("passages_high", "count", "upper end of it"),
    Column("passages_noise_scale", "figure", "of the noise in passages"),
    Column("passages_epsilon", "figure", "privacy loss of passages"),
    Column("diversity", "figure", "effective number of styles of the day"),
    Column("diversity_low", "figure", "lower end of its 95 % interval"),
    Column("diversity_high", "figure", "upper end of it"),
    Column(
        "novelty",
        "figure",
        "divergence of the day's styles from the 28 days before, in bits; empty: too few days",
    ),
    Column("novelty_low", "figure", "lower end of its 95 % interval"),
    Column("novelty_high", "figure", "upper end of it"),
    Column("novelty_days", "count", "releases that it is compared with"),
    Column("epsilon", "figure", "privacy loss of the whole release"),
    Column("confidence", "figure", "of the intervals"),
    Column("least_passages", "count", "no release below, by the lower end of the interval"),
    Column("least_cell", "count", "no cell below, by the lower end of the interval"),
    Column("engine", "word", "the networks that looked; days of different ones do not compare"),
    Column("codebook", "word", "the list of styles; styles of different ones do not compare"),
    Column("ledger", "word", "number and hash of the line by which the booth spent the budget"),
    Column("id", "word", "of the release"),
)


def rows_of(releases: Sequence[Release]) -> Iterator[Row]:
    """Rows in the order of the releases, their tables and cells; values in the order of COLUMNS."""
    for release in releases:
        day = day_values(release)
        for table in release.tables:
            for cell, mover in cells_of(table, release):
                yield (
                    *head_values(release),
                    table.name,
                    *cell_values(cell, mover),
                    *table_values(table),
                    *day,
                )


def cells_of(table: Counts, release: Release) -> list[tuple[Cell | None, Mover | None]]:
    """Cells that are told, then those that are not but moved; one empty row where there is neither."""
    moved = (
        {one.label: one for one in release.movers.cells if one.table == table.name} if release.movers else {}
    )
    told = [(cell, moved.pop(cell.label, None)) for cell in table.cells]
    found: list[tuple[Cell | None, Mover | None]] = [*told, *((None, mover) for mover in moved.values())]
    return found or [(None, None)]


def head_values(release: Release) -> Row:
    """Which booth and day."""
    return release.city, release.booth, release.date, release.time_zone


def cell_values(cell: Cell | None, mover: Mover | None) -> Row:
    """One cell."""
    told = (cell.count, cell.share, cell.low, cell.high) if cell else (None,) * 4
    change = (mover.change, mover.low, mover.high) if mover else (None,) * 3
    label = cell.label if cell else mover.label if mover else None
    return label, *told, *change


def table_values(table: Counts) -> Row:
    """What holds for all cells of a table."""
    return table.suppressed, table.noise_scale, table.noise_half_width, table.epsilon


def day_values(release: Release) -> Row:
    """What holds for all rows of a release."""
    crowd, diversity, novelty = release.passages, release.diversity, release.novelty
    new = (novelty.value, novelty.low, novelty.high, novelty.days) if novelty else (None,) * 4
    return (
        *(crowd.count, crowd.low, crowd.high, crowd.noise_scale, crowd.epsilon),
        *(diversity.value, diversity.low, diversity.high),
        *new,
        *(release.epsilon, release.confidence, release.least_passages, release.least_cell),
        *(release.engine, release.codebook, release.ledger, release.id),
    )
