"""The figures of an evaluation: distances of people in, rates and shifts out. Plain functions of arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]
"""One number per person, shape (N,)."""

FLAGGED = 0.05
"Share of everyday people that may be flagged."
RESAMPLES = 400


def ranks(values: Figures) -> Figures:
    """Rank of each value (N,) from 1, ties sharing their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    shared = np.cumsum(count) - (count - 1) / 2
    return np.asarray(shared[place], np.float64)


def auroc(everyday: Figures, unusual: Figures) -> float:
    """Chance that someone unusual (M,) scores above someone everyday (N,), ties half; nan when one side is empty.

    Mann and Whitney (1947): the rank sum of one side.
    """
    n, m = len(everyday), len(unusual)
    if n == 0 or m == 0:
        return math.nan
    summed = ranks(np.concatenate([everyday, unusual]))[n:].sum()
    return float((summed - m * (m + 1) / 2) / (n * m))


def auroc_interval(everyday: Figures, unusual: Figures, rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of auroc by the bootstrap (Efron 1979), people drawn anew on both sides; nan for no one."""
    if len(everyday) == 0 or len(unusual) == 0:
        return math.nan, math.nan
    drawn = [
        auroc(rng.choice(everyday, len(everyday)), rng.choice(unusual, len(unusual)))
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    return low, high


def cut_of(everyday: Figures) -> float:
    """The distance that FLAGGED of everyday people (N,) exceed; infinite for nobody."""
    return float(np.quantile(everyday, 1 - FLAGGED)) if len(everyday) else math.inf


def share_above(values: Figures, cut: float) -> float:
    """Share of the values (N,) above `cut`; nan for none."""
    return float((values > cut).mean()) if len(values) else math.nan


def rank_agreement(first: Figures, second: Figures) -> float:
    """Spearman's correlation of two scores of the same people (N,), -1..1; nan below three people or without spread."""
    if len(first) < 3:
        return math.nan
    one, other = ranks(first), ranks(second)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])


@dataclass(frozen=True)
class Shift:
    """What a change that must not matter did to the same people; nan for nobody."""

    people: int
    mean: float
    "Mean |shift|, in standard deviations over everyday people."
    p95: float
    "95 % of |shift| are below this."
    bias: float
    "Mean shift with its sign: above 0, the second version looks more unusual."
    flips: float
    "Share of people whose flag at FLAGGED turned."
    agreement: float
    "Spearman."


def shift_of(first: Figures, second: Figures, everyday: Figures) -> Shift:
    """Compare two versions (N,) of the same people; `everyday` (M,) gives the unit and the cut."""
    spread = float(everyday.std()) if len(everyday) else math.nan
    if len(first) == 0 or not spread > 0:
        return Shift(len(first), math.nan, math.nan, math.nan, math.nan, math.nan)
    moved, cut = (second - first) / spread, cut_of(everyday)
    turned = (first > cut) != (second > cut)
    return Shift(
        len(first),
        float(np.abs(moved).mean()),
        float(np.quantile(np.abs(moved), 0.95)),
        float(moved.mean()),
        float(turned.mean()),
        rank_agreement(first, second),
    )
