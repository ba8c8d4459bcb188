"""City against city: two or more cities go in, how far they dress apart and in what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from appliance.analysis.city import City
from appliance.analysis.divergence import divergence
from appliance.analysis.estimate import Estimate, shared_out
from appliance.analysis.means import WEEK, labels_of, mean_share
from appliance.analysis.release import TABLES


@dataclass(frozen=True)
class Apart:
    """Two cities in one table."""

    here: City
    there: City
    table: str
    bits: Estimate
    cells: int
    "That both tell, which the figure rests on."
    covered: float
    "Share of the passages that those cells hold, in the city where it is less."


@dataclass(frozen=True)
class Row:
    """One cell in all cities that tell it."""

    table: str
    label: str
    shares: dict[str, Estimate]
    "By the city's name."

    def widest(self, z: float) -> float:
        """Least distance between the highest and the lowest city that all intervals allow; 0 where they meet."""
        ends = [share.ends(z) for share in self.shares.values()]
        return max(0.0, max(low for low, _ in ends) - min(high for _, high in ends))


def together(cities: Sequence[City]) -> list[City]:
    """The same with the days alone that all of them told, so that no season meets another; none below a week."""
    shared = set.intersection(*({day.day for day in city.days} for city in cities))
    if len(shared) < WEEK:
        return []
    return [replace(city, days=tuple(day for day in city.days if day.day in shared)) for city in cities]


def compared(cities: Sequence[City]) -> list[City]:
    """The most cities that have a week of days in common, with those days alone; none where no two have.

    Of groups as large the one with the most days. So a city that has just begun takes the comparison from no other.
    """
    for size in range(len(cities), 1, -1):
        groups = [days for group in combinations(cities, size) if (days := together(group))]
        if groups:
            return max(groups, key=lambda group: len(group[0].days))
    return []


def shares_of(city: City, table: str) -> dict[str, Estimate]:
    """Means over the days of a city, of the cells told on enough of them."""
    means = {label: mean_share(city.days, table, label) for label in labels_of(city.days, table)}
    return {label: mean for label, mean in means.items() if mean is not None}


def comparable(here: City, there: City, table: str) -> bool:
    """Styles compare under one codebook only; the other words mean the same everywhere."""
    return table != "style" or (len(here.codebooks) == 1 and here.codebooks == there.codebooks)


def apart(cities: Sequence[City]) -> list[Apart]:
    """Every pair of cities in every table that compares."""
    found = []
    for here, there in combinations(cities, 2):
        days = together((here, there))
        for table in TABLES if days else ():
            ours, theirs = (shares_of(one, table) for one in days)
            both = [label for label in ours if label in theirs]
            if len(both) >= 2 and comparable(here, there, table):
                pair = [ours[label] for label in both], [theirs[label] for label in both]
                covered = min(sum(share.value for share in side) for side in pair)
                found.append(Apart(here, there, table, divergence(*pair), len(both), min(1.0, covered)))
    return found


def rows_of(cities: Sequence[City]) -> list[Row]:
    """Cells that at least two of the cities that are `compared` tell, by table and label."""
    rows: list[Row] = []
    days = compared(cities)
    for table in TABLES if days else ():
        shares = {city.name: shares_of(city, table) for city in days if comparable(days[0], city, table)}
        for label in dict.fromkeys(label for told in shares.values() for label in told):
            told = {name: one[label] for name, one in shares.items() if label in one}
            if len(told) >= 2:
                rows.append(Row(table, label, told))
    return rows


def z_of(rows: Sequence[Row]) -> float:
    """Of intervals of all cells of all cities that hold together with 95 %."""
    return shared_out(sum(len(row.shares) for row in rows))
