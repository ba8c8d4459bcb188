"""How often intervals hold: releases and the streets they came from in, hits and tries of each kind of figure out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from appliance.analysis.city import City
from appliance.analysis.contrast import apart, shares_of
from appliance.analysis.means import mean_diversity, within
from appliance.analysis.release import TABLES, Mover, Release
from appliance.analysis.spans import changes_of, spans_of
from appliance.analysis.tables import blocks_of
from appliance.uplink.trends.tables import all_tables
from tests.analysis.history import FIRST, Figures, Stand, true_shares
from tests.analysis.score import Score

LABELS = {table.name: table.labels for table in all_tables()}
USUAL_DAYS = 28


class Truth:
    """The streets of all booths, day by day."""

    def __init__(self, stands: Sequence[Stand], days: int) -> None:
        self._shares = {one.booth: [true_shares(one.street, day) for day in range(days)] for one in stands}

    def of(self, release: Release) -> dict[str, Figures]:
        return self._shares[release.booth][(release.date - FIRST).days]

    def pooled(self, releases: Sequence[Release], table: str) -> Figures:
        """Of all passages of several releases."""
        weights = np.array([one.passages.count for one in releases], float)
        stacked = np.array([self.of(one)[table] for one in releases])
        mean: Figures = weights @ stacked / weights.sum()
        return mean

    def novelty(self, release: Release, known: Sequence[Release]) -> float:
        """Of one day against the same booth's days before it."""
        return jensen_shannon(self.of(release)["style"], self.pooled(usual_before(release, known), "style"))


def holds(mover: Mover, real: dict[str, Figures], truth: Truth, before: Sequence[Release]) -> bool:
    """Booths say that all intervals of a day hold together with 95 %."""
    cell = LABELS[mover.table].index(mover.label)
    change = real[mover.table][cell] - truth.pooled(before, mover.table)[cell]
    return bool(mover.low <= change <= mover.high)


def usual_before(release: Release, known: Sequence[Release]) -> list[Release]:
    """Releases of the same booth in the days before."""
    return [
        one
        for one in known
        if one.booth == release.booth and 0 < (release.date - one.date).days <= USUAL_DAYS
    ]


def entropy(shares: Figures) -> float:
    kept = shares[shares > 0]
    return -float(np.sum(kept * np.log(kept)))


def jensen_shannon(p: Figures, q: Figures) -> float:
    """In bits."""
    return (entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2) / math.log(2)


def of_releases(releases: Sequence[Release], truth: Truth) -> Score:
    """What booths say: shares, diversity, novelty and movers of each day."""
    score = Score()
    for _, group in groupby(releases, lambda one: one.booth):
        ours = list(group)
        for one in ours:
            real = truth.of(one)
            for table in one.tables:
                for cell in table.cells:
                    score.note(
                        "share", cell.low, cell.high, real[table.name][LABELS[table.name].index(cell.label)]
                    )
            score.note("diversity", one.diversity.low, one.diversity.high, math.exp(entropy(real["style"])))
            if one.novelty:
                score.note("novelty", one.novelty.low, one.novelty.high, truth.novelty(one, ours))
            before = usual_before(one, ours)
            if one.movers:
                score.tries["a day's movers"] += 1
                score.hits["a day's movers"] += all(
                    holds(mover, real, truth, before) for mover in one.movers.cells
                )
    return score


def of_report(cities: Sequence[City], releases: Sequence[Release], truth: Truth) -> Score:
    """What the report makes of them: a city's daily shares, means of all days, changes and divergences."""
    score = Score()
    ours = {city.name: [one for one in releases if one.city == city.name] for city in cities}
    for city in cities:
        for day in city.days:
            told = [one for one in ours[city.name] if one.date == day.day]
            for table, shares in day.tables.items():
                real = truth.pooled(told, table)
                for label, share in shares.shares.items():
                    score.estimate("city's day", share, real[LABELS[table].index(label)])
        for table in TABLES:
            real = truth.pooled(ours[city.name], table)
            for label, share in shares_of(city, table).items():
                score.estimate("city's mean", share, real[LABELS[table].index(label)])
        score_changes(score, city, ours[city.name], truth)
        score_means(score, city, ours[city.name], truth)
    for one in apart(cities):
        pair = [truth.pooled(ours[side.name], one.table) for side in (one.here, one.there)]
        both = [label for label in shares_of(one.here, one.table) if label in shares_of(one.there, one.table)]
        places = [LABELS[one.table].index(label) for label in both]
        kept = [side[places] / side[places].sum() for side in pair]
        score.estimate("divergence", one.bits, jensen_shannon(*kept))
    return score


def score_changes(score: Score, city: City, releases: Sequence[Release], truth: Truth) -> None:
    """Each booth against itself, weighed by its passages in both spans, as the report says."""
    first, last, length = spans_of(city)
    booths = []
    for booth in city.booths:
        alone = [one for one in releases if one.booth == booth]
        ends = [[one for one in alone if 0 <= (one.date - start).days < length] for start in (first, last)]
        booths.append((ends, sum(one.passages.count for end in ends for one in end)))
    whole = sum(weight for _, weight in booths)
    for change in changes_of(city).cells:
        place = LABELS[change.table].index(change.label)
        moved = [
            weight
            / whole
            * (truth.pooled(late, change.table)[place] - truth.pooled(early, change.table)[place])
            for (early, late), weight in booths
        ]
        score.estimate("change", change.difference, sum(moved))


def score_means(score: Score, city: City, releases: Sequence[Release], truth: Truth) -> None:
    """Diversity over blocks of days, as in the table behind the figure, and novelty day by day."""
    for first, length in blocks_of([city]):
        days = within(city, first, length)
        inside = [one for one in releases if 0 <= (one.date - first).days < length]
        pairs = [(math.exp(entropy(truth.of(one)["style"])), one.passages.count) for one in inside]
        if mean := mean_diversity(days):
            score.estimate("mean diversity", mean, weighed(pairs))
    for day in city.days:
        told = [one for one in releases if one.date == day.day and one.novelty]
        if day.novelty:
            new = [(truth.novelty(one, releases), one.passages.count) for one in told]
            score.estimate("city's novelty", day.novelty, weighed(new))


def weighed(pairs: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in pairs) / sum(weight for _, weight in pairs)
