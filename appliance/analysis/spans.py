"""Means over many days: a city and a span of days go in, a share with its interval comes out; and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from appliance.analysis.city import City, Day
from appliance.analysis.estimate import Estimate, blend, restlessness, shared_out
from appliance.analysis.palette import in_order
from appliance.analysis.release import TABLES

WINDOW_DAYS = 28
"Whole weeks, so that no weekday weighs more in one span than in another."
WEEK = 7
LEAN = 0.25
"""Of a day's diversity, by its spread: what is left of the bias of noise does not even out over days. Up to 0.19 was
measured in the simulated history, at 3,000 passages."""
ENOUGH = 0.5
"Share of a span's days on which a cell must be told for its mean to be told."


@dataclass(frozen=True)
class Change:
    """A cell that was told early and late."""

    table: str
    label: str
    before: Estimate
    after: Estimate

    @property
    def difference(self) -> Estimate:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class Changes:
    """What can be said of a city's first and last weeks."""

    days: int
    "Calendar days in each of the two spans; 0 where the releases are too few."
    cells: tuple[Change, ...] = ()
    "By table and label."

    @property
    def z(self) -> float:
        """Of intervals of which all hold together with 95 %."""
        return shared_out(len(self.cells))

    def moved(self) -> list[Change]:
        """Those whose whole interval lies on one side of 0, the surest first."""
        sure = [cell for cell in self.cells if cell.difference.sign(self.z)]
        return sorted(sure, key=lambda cell: -abs(cell.difference.value) / max(cell.difference.spread, 1e-12))


def within(city: City, first: date, days: int) -> list[Day]:
    """Days of which the city told, of so many calendar days."""
    return [day for day in city.days if first <= day.day < first + timedelta(days)]


def mean_share(days: Sequence[Day], table: str, label: str) -> Estimate | None:
    """Share of all passages of those days; None where too few days tell of it."""
    have = [day for day in days if table in day.tables]
    told = [day for day in have if label in day.tables[table].shares]
    if not told or len(told) < ENOUGH * len(days):
        return None
    mean = blend([day.tables[table].share(label) for day in have], [float(day.passages) for day in have])
    return widened(mean, [(day.day, day.tables[table].shares[label]) for day in told])


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


def spans_of(city: City) -> tuple[date, date, int]:
    """First days of the first and the last weeks, and their length: 28 days, or whole weeks of half the time."""
    first, last = city.days[0].day, city.days[-1].day
    length = min(WINDOW_DAYS, ((last - first).days + 1) // 2 // WEEK * WEEK)
    return first, last - timedelta(length - 1), length


def changes_of(city: City) -> Changes:
    """Every cell of every table that both spans tell.

    Each booth is compared with itself and then weighs by its passages, the same before as after: so a booth that fell
    silent changes nothing. One without a week of days in both spans, or whose networks were changed, has no say;
    nor have styles whose list was changed.
    """
    first, last, length = spans_of(city)
    steady = [one for one in city.streets or (city,) if len(one.engines) == 1]
    pairs = [(within(one, first, length), within(one, last, length)) for one in steady]
    pairs = [pair for pair in pairs if min(map(len, pair)) >= WEEK]
    if not pairs:
        return Changes(0)
    tables = [table for table in TABLES if table != "style" or len(city.codebooks) == 1]
    labels = [(table, label) for table in tables for label in labels_of(chain(*chain(*pairs)), table)]
    found = [change_of(pairs, table, label) for table, label in labels]
    return Changes(length, tuple(change for change in found if change))


def change_of(pairs: Sequence[tuple[list[Day], list[Day]]], table: str, label: str) -> Change | None:
    """One cell, of the booths' days before and after; None unless all that have the table tell it in both."""
    ends = []
    for before, after in pairs:
        if any(table in day.tables for day in (*before, *after)):
            early, late = mean_share(before, table, label), mean_share(after, table, label)
            if early is None or late is None:
                return None
            ends.append((early, late, float(sum(day.passages for day in (*before, *after)))))
    weights = [weight for _, _, weight in ends]
    early = blend([end[0] for end in ends], weights)
    late = blend([end[1] for end in ends], weights)
    return Change(table, label, early, late)
