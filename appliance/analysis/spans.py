"""What changed: a city goes in, its first and last weeks come out, and how each cell differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from appliance.analysis.city import City, Day
from appliance.analysis.estimate import Estimate, blend, shared_out
from appliance.analysis.means import WEEK, labels_of, mean_diversity, mean_share, open_share, within
from appliance.analysis.release import TABLES

WINDOW_DAYS = 28
"Whole weeks, so that no weekday weighs more in one span than in another."


Pair = tuple[list[Day], list[Day]]
"A booth's days in the first span and in the last."


@dataclass(frozen=True)
class Change:
    """A cell that was told early or late, or both."""

    table: str
    label: str
    before: Estimate
    after: Estimate
    hidden: frozenset[str] = frozenset()
    "`before` or `after` where most days were too few to be told: below so much."

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


def spans_of(city: City) -> tuple[date, date, int]:
    """First days of the first and the last weeks, and their length: 28 days, or whole weeks of half the time."""
    first, last = city.days[0].day, city.days[-1].day
    length = min(WINDOW_DAYS, ((last - first).days + 1) // 2 // WEEK * WEEK)
    return first, last - timedelta(length - 1), length


def pairs_of(city: City) -> list[Pair]:
    """Days before and after of each booth that compares: with a week in both spans, and the same network all along."""
    first, last, length = spans_of(city)
    steady = [one for one in city.streets or (city,) if len(one.engines) == 1]
    pairs = [(within(one, first, length), within(one, last, length)) for one in steady]
    return [pair for pair in pairs if min(map(len, pair)) >= WEEK]


def diversities_of(city: City) -> tuple[Estimate, Estimate] | None:
    """Diversity before and after, each booth compared with itself; None where no days compare."""
    if len(city.codebooks) != 1:
        return None
    ends = [
        (mean_diversity(before), mean_diversity(after), weight_of(before, after))
        for before, after in pairs_of(city)
    ]
    whole = [(early, late, weight) for early, late, weight in ends if early and late]
    if not whole:
        return None
    weights = [weight for _, _, weight in whole]
    return blend([early for early, _, _ in whole], weights), blend([late for _, late, _ in whole], weights)


def weight_of(before: Sequence[Day], after: Sequence[Day]) -> float:
    """Passages of a booth, the same before as after."""
    return float(sum(day.passages for day in (*before, *after)))


def changes_of(city: City) -> Changes:
    """Every cell of every table that both spans tell.

    Each booth is compared with itself and then weighs by its passages, the same before as after: so a booth that fell
    silent changes nothing. One without a week of days in both spans, or whose networks were changed, has no say;
    nor have styles whose list was changed.
    """
    pairs = pairs_of(city)
    if not pairs:
        return Changes(0)
    length = spans_of(city)[2]
    tables = [table for table in TABLES if table != "style" or len(city.codebooks) == 1]
    labels = [(table, label) for table in tables for label in labels_of(chain(*chain(*pairs)), table)]
    found = [change_of(pairs, table, label) for table, label in labels]
    return Changes(length, tuple(change for change in found if change))


def change_of(pairs: Sequence[Pair], table: str, label: str) -> Change | None:
    """One cell, of the booths' days before and after; None unless all that have the table tell it before, or all after.

    A cell that comes up from below what may be told, or sinks below it, is held there by what the rule leaves open.
    """
    have = [pair for pair in pairs if any(table in day.tables for days in pair for day in days)]
    if not all(any(table in day.tables for day in days) for pair in have for days in pair):
        return None
    sides = (("before", [before for before, _ in have]), ("after", [after for _, after in have]))
    hidden = {side for side, spans in sides if not all(mean_share(days, table, label) for days in spans)}
    if len(hidden) > 1:
        return None
    weights = [weight_of(*pair) for pair in have]
    early, late = (blend([open_share(days, table, label) for days in spans], weights) for _, spans in sides)
    return Change(table, label, early, late, frozenset(hidden))
