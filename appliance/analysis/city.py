"""What a city wore, day by day: releases of its booths go in, one figure per day, table and cell comes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from appliance.analysis.estimate import Estimate, blend, from_interval, held_back
from appliance.analysis.release import Counts, Release


@dataclass(frozen=True)
class Told:
    """One table of one day."""

    shares: dict[str, Estimate]
    "By label; what a booth did not tell is in there as what its rule leaves open."
    untold: Estimate
    "What any other label may have had."

    def share(self, label: str) -> Estimate:
        """Of any label."""
        return self.shares.get(label, self.untold)


@dataclass(frozen=True)
class Day:
    """All booths of a city that told of one day, as one street."""

    day: date
    passages: int
    tables: dict[str, Told]
    diversity: Estimate
    novelty: Estimate | None
    booths: tuple[str, ...]


@dataclass(frozen=True)
class City:
    """One city over time."""

    name: str
    days: tuple[Day, ...]
    "In order; a day of which nobody told is absent."
    booths: tuple[str, ...]
    engines: tuple[str, ...]
    "In the order in which they came."
    codebooks: tuple[str, ...]
    streets: tuple[City, ...]
    "The same for each booth alone; empty where there is one."

    @property
    def title(self) -> str:
        """As people write it."""
        return self.name.replace("-", " ").title()

    @property
    def passages(self) -> int:
        """Of all days, with noise."""
        return sum(day.passages for day in self.days)


def cities_of(releases: Sequence[Release]) -> list[City]:
    """Cities by name, of releases in the order of `read_releases`."""
    return [city_of(name, list(group)) for name, group in groupby(releases, lambda one: one.city)]


def city_of(name: str, releases: Sequence[Release]) -> City:
    """One city of its booths' releases."""
    by_day: dict[date, list[Release]] = defaultdict(list)
    for release in releases:
        by_day[release.date].append(release)
    in_time = sorted(releases, key=lambda one: one.day)
    return City(
        name=name,
        days=tuple(merged(day, by_day[day]) for day in sorted(by_day)),
        booths=tuple(dict.fromkeys(one.booth for one in releases)),
        engines=tuple(dict.fromkeys(one.engine for one in in_time)),
        codebooks=tuple(dict.fromkeys(one.codebook for one in in_time)),
        streets=streets_of(name, releases),
    )


def streets_of(name: str, releases: Sequence[Release]) -> tuple[City, ...]:
    """Each booth as a city of its own, where there are several."""
    booths = [list(group) for _, group in groupby(releases, lambda one: one.booth)]
    return tuple(city_of(name, alone) for alone in booths) if len(booths) > 1 else ()


def merged(day: date, releases: Sequence[Release]) -> Day:
    """One day of several booths: all is weighted by their passages."""
    weights = [float(one.passages.count) for one in releases]
    names = dict.fromkeys(table.name for one in releases for table in one.tables)
    novelties = [(one.novelty, weight) for one, weight in zip(releases, weights, strict=True) if one.novelty]
    return Day(
        day=day,
        passages=sum(one.passages.count for one in releases),
        tables={name: merged_table(name, releases) for name in names},
        diversity=blend(
            [from_interval(one.diversity.value, one.diversity.low, one.diversity.high) for one in releases],
            weights,
        ),
        novelty=blend(
            [from_interval(novelty.value, novelty.low, novelty.high) for novelty, _ in novelties],
            [weight for _, weight in novelties],
        )
        if novelties
        else None,
        booths=tuple(one.booth for one in releases),
    )


def merged_table(name: str, releases: Sequence[Release]) -> Told:
    """One table of several booths; a booth that lacks it has no say in it."""
    told = [
        (told_table(table, release), float(release.passages.count))
        for release in releases
        for table in release.tables
        if table.name == name
    ]
    if len(told) == 1:
        return told[0][0]
    weights = [weight for _, weight in told]
    labels = dict.fromkeys(label for one, _ in told for label in one.shares)
    return Told(
        {label: blend([one.share(label) for one, _ in told], weights) for label in labels},
        blend([one.untold for one, _ in told], weights),
    )


def told_table(table: Counts, release: Release) -> Told:
    """One table of one booth.

    A cell that is not told had a noisy count below least_cell + noise_half_width, and so, but for one in forty, fewer
    passages than least_cell + 2 noise_half_width.
    """
    most = (release.least_cell + 2 * table.noise_half_width) / release.passages.count
    return Told({cell.label: cell.estimate for cell in table.cells}, held_back(min(1.0, most)))
