"""How often intervals hold: releases and the streets they came from in, hits and tries of each kind of figure out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from appliance.analysis.city import City
from appliance.analysis.contrast import apart, shares_of
from appliance.analysis.estimate import Estimate
from appliance.analysis.release import TABLES, Release
from appliance.analysis.spans import changes_of, spans_of
from appliance.uplink.trends.tables import all_tables
from tests.analysis.history import FIRST, Figures, Stand, true_shares

LABELS = {table.name: table.labels for table in all_tables()}
USUAL_DAYS = 28


@dataclass
class Score:
    """Hits and tries by kind of figure."""

    hits: Counter[str] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, low: float, high: float, truth: float) -> None:
        # Ends are told with four digits, rounded outwards.
        self.tries[kind] += 1
        self.hits[kind] += low - 1e-9 <= truth <= high + 1e-9

    def estimate(self, kind: str, estimate: Estimate, truth: float) -> None:
        self.note(kind, estimate.low, estimate.high, truth)

    def shares(self) -> dict[str, float]:
        return {kind: self.hits[kind] / tries for kind, tries in self.tries.items()}


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


def entropy(shares: Figures) -> float:
    return -sum(share * math.log(share) for share in shares.tolist() if share > 0)


def jensen_shannon(p: Figures, q: Figures) -> float:
    """In bits."""
    return (entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2) / math.log(2)


def of_releases(releases: Sequence[Release], truth: Truth) -> Score:
    """What booths say: shares, diversity, novelty and movers of each day."""
    score = Score()
    for _, group in groupby(releases, lambda one: one.booth):
        ours = list(group)
        for place, one in enumerate(ours):
            real = truth.of(one)
            for table in one.tables:
                for cell in table.cells:
                    score.note(
                        "share", cell.low, cell.high, real[table.name][LABELS[table.name].index(cell.label)]
                    )
            score.note("diversity", one.diversity.low, one.diversity.high, math.exp(entropy(real["style"])))
            before = [other for other in ours[:place] if (one.date - other.date).days <= USUAL_DAYS]
            if one.novelty:
                new = jensen_shannon(real["style"], truth.pooled(before, "style"))
                score.note("novelty", one.novelty.low, one.novelty.high, new)
            for mover in one.movers.cells if one.movers else ():
                cell_at = LABELS[mover.table].index(mover.label)
                change = real[mover.table][cell_at] - truth.pooled(before, mover.table)[cell_at]
                score.note("mover", mover.low, mover.high, change)
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
