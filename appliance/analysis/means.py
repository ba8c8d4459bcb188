"""Means over many days: a span of a city's days goes in, a share or another figure with its interval comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from appliance.analysis.city import City, Day
from appliance.analysis.estimate import Estimate, blend, restlessness
from appliance.analysis.palette import in_order

WEEK = 7
LEAN = 0.25
"""Of a day's diversity, by its spread: what is left of the bias of noise does not even out over days. Up to 0.19 was
measured in the simulated history, at 3,000 passages."""
ENOUGH = 0.5
"Share of a span's days on which a cell must be told for its mean to be told."


def within(city: City, first: date, days: int) -> list[Day]:
    """Days of which the city told, of so many calendar days."""
    return [day for day in city.days if first <= day.day < first + timedelta(days)]


def mean_share(days: Sequence[Day], table: str, label: str) -> Estimate | None:
    """Share of all passages of those days; None where too few days tell of it."""
    told = [day for day in days if table in day.tables and label in day.tables[table].shares]
    return open_share(days, table, label) if told and len(told) >= ENOUGH * len(days) else None


def open_share(days: Sequence[Day], table: str, label: str) -> Estimate:
    """The same of a cell that is told on few days or none: those leave open what their rule held back.

    Raises ValueError without a day that has the table.
    """
    have = [day for day in days if table in day.tables]
    mean = blend([day.tables[table].share(label) for day in have], [float(day.passages) for day in have])
    known = [(day.day, day.tables[table].shares[label]) for day in have if label in day.tables[table].shares]
    return widened(mean, known)


def mean_of(days: Iterable[Day], figure: Callable[[Day], Estimate | None]) -> Estimate | None:
    """Mean of a figure of each day, such as the diversity; None where no day has it."""
    told = [(day, found) for day in days if (found := figure(day)) is not None]
    if not told:
        return None
    mean = blend([found for _, found in told], [float(day.passages) for day, _ in told])
    return widened(mean, [(day.day, found) for day, found in told])


def mean_diversity(days: Sequence[Day]) -> Estimate | None:
    """Mean of the days' diversity, which keeps open that all days may lean to one side."""
    mean = mean_of(days, lambda day: day.diversity)
    if mean is None:
        return None
    spreads = [Estimate(day.diversity.spread, 0.0) for day in days]
    return replace(mean, slack=LEAN * blend(spreads, [float(day.passages) for day in days]).value)


def widened(mean: Estimate, told: Sequence[tuple[date, Estimate]]) -> Estimate:
    """The mean, as unsure as the days that it was made of scatter."""
    factor = restlessness([one for _, one in told], [float(day.toordinal()) for day, _ in told])
    return replace(mean, spread=mean.spread * factor)


def labels_of(days: Iterable[Day], table: str) -> list[str]:
    """All labels that some day tells, in the order of the palette."""
    return in_order(label for day in days if table in day.tables for label in day.tables[table].shares)
