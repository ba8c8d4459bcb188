"""The same people in two versions: rulings on two sets in, matched distances and their shift out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibration.audit.changes import Group, group_of
from calibration.audit.rulings import Ruling, Rulings
from calibration.trials.statistics import RESAMPLES, Figures, Shift, shift_of


@dataclass(frozen=True)
class Pairs:
    """The people who are in both sets of a comparison."""

    change: str
    group: Group
    first: Figures
    "Distances of those judged in both versions, shape (N,)."
    second: Figures
    turned: Figures
    "Shape (N,), 0 or 1: told as an exception in one version only, by the bank's own threshold."
    unjudged: Figures
    "Shape (people, 2), 0 or 1: nothing could be said of the first, of the second version; judged or not, all people."


@dataclass(frozen=True)
class Row:
    """What one change did."""

    change: str
    group: str
    people: int
    "Judged in both versions."
    shift: Shift
    low: float
    "95 % interval of the mean shift."
    high: float
    turned: float
    "Share told as an exception in one version only, by the bank's own threshold."
    unjudged: tuple[float, float]
    "Share of the people of whom nothing could be said, in the first and in the second version."


def pairs_of(change: str, first: Mapping[str, Ruling | None], second: Mapping[str, Ruling | None],
             threshold: float) -> Pairs:  # fmt: skip
    """Match two sets person by person; `threshold` is the rarity from which the bank tells an exception."""
    shared = [person for person in first if person in second]
    both = [
        (one, other) for p in shared if (one := first[p]) is not None and (other := second[p]) is not None
    ]
    return Pairs(
        change,
        group_of(change),
        np.array([one.distance for one, _ in both], np.float64),
        np.array([other.distance for _, other in both], np.float64),
        np.array([(a.rarity >= threshold) != (b.rarity >= threshold) for a, b in both], np.float64),
        np.array([(first[p] is None, second[p] is None) for p in shared], np.float64).reshape(-1, 2),
    )


def row_of(pairs: Pairs, everyday: Figures, rng: np.random.Generator) -> Row:
    """Figures of one comparison; `everyday` distances (M,) give the unit."""
    shift = shift_of(pairs.first, pairs.second, everyday)
    low, high = mean_interval(np.abs(pairs.second - pairs.first) / spread_of(everyday), rng)
    turned = float(pairs.turned.mean()) if len(pairs.turned) else math.nan
    before, after = pairs.unjudged.mean(axis=0).tolist()
    return Row(pairs.change, pairs.group.key, len(pairs.first), shift, low, high, turned, (before, after))


def spread_of(everyday: Figures) -> float:
    """Standard deviation of distances (M,) across outfits, the unit of all shifts; nan where there is none."""
    spread = float(everyday.std()) if len(everyday) else math.nan
    return spread if spread > 0 else math.nan


def mean_interval(values: Figures, rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of the mean of values (N,) by the bootstrap (Efron 1979); nan for none."""
    if len(values) == 0 or not np.isfinite(values).all():
        return math.nan, math.nan
    means = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975]).tolist()
    return low, high


def compare(pairs: Mapping[str, tuple[str, str]], rulings: Rulings, threshold: float) -> list[Pairs]:
    """All comparisons for which both sets are there and share somebody."""
    found = [
        pairs_of(change, rulings[one], rulings[other], threshold)
        for change, (one, other) in pairs.items()
        if one in rulings and other in rulings
    ]
    return [one for one in found if len(one.unjudged)]
