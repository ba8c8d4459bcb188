"""Two figures of a day's styles: counts with noise in; how many styles there are in effect and how new they are, out.

Both are moved by noise and chance, to one side: noise makes any two days differ. So 999 days with the same shares are
simulated, with their chance and noise; what that moves the figure by is taken off, and their spread is the interval.
Where the noise is as large as the rare styles, no simulation knows how many of these there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from appliance.uplink.trends.intervals import CONFIDENCE

SIMULATED = 999
SEED = 1
"Any: the same counts give the same figures."
ENOUGH = 100.0
"""Passages by the scale of the noise, from which on intervals of diversity hold: .93 to .97 in simulated streets; at 40
it is .80 in one of many styles, at 16 it is .35."""
Counts: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Index:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def diversity(styles: tuple[int, ...], scale: float, passages: int) -> Index:
    """Compute exp of the Shannon entropy: as many styles of one size are as diverse.

    Below ENOUGH passages the interval is all that the figure can be: 625 of them at epsilon 1, 2,084 at 0.3.
    """
    rng = np.random.default_rng(SEED)
    counts = np.array(styles, np.float64)
    seen, simulated = float(effective(counts)), effective(again(rng, counts, scale))
    low, high = ends(simulated)
    # The wider of two bootstraps to each side: on a thin day neither alone covers 95 %.
    interval = min(low, 2 * seen - high), max(high, 2 * seen - low)
    every = (1.0, float(len(styles)))
    return cut(
        2 * seen - float(simulated.mean()), *(interval if passages >= ENOUGH * scale else every), every
    )


def novelty(styles: tuple[int, ...], usual: tuple[int, ...], days: int, scale: float) -> Index:
    """Jensen-Shannon divergence in bits of a day from `days` before, which are added up in `usual`."""
    rng = np.random.default_rng(SEED)
    now, before = np.array(styles, np.float64), np.array(usual, np.float64)
    seen, usually = float(divergence(now, before)), again(rng, before, scale, days)
    quiet = divergence(again(rng, before, scale, 1, float(np.maximum(now, 0).sum())), usually)
    simulated = divergence(again(rng, now, scale), usually)
    value, mean, (low, high) = seen - float(quiet.mean()), float(simulated.mean()), ends(simulated)
    # A day that a quiet street could have had is not told apart from one.
    lower = 0.0 if seen <= ends(quiet)[1] else value - (high - mean)
    return cut(value, lower, value + (mean - low), (0.0, 1.0))


def shares(counts: Counts) -> Counts:
    """Shares (..., K) of counts of which noise may have put some below 0; alike where nothing is left."""
    kept = np.maximum(counts, 0.0)
    total = kept.sum(axis=-1, keepdims=True)
    even = np.full_like(kept, 1 / kept.shape[-1])
    result: Counts = np.where(total > 0, kept / np.maximum(total, 1e-9), even)
    return result


def entropy(p: Counts) -> Counts:
    """In nats, over the last axis."""
    result: Counts = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-1)
    return result


def effective(counts: Counts) -> Counts:
    """Effective number of styles."""
    result: Counts = np.exp(entropy(shares(counts)))
    return result


def divergence(one: Counts, other: Counts) -> Counts:
    """Jensen-Shannon divergence in bits."""
    p, q = shares(one), shares(other)
    result: Counts = (entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2) / np.log(2)
    return result


def again(
    rng: np.random.Generator, counts: Counts, scale: float, days: int = 1, passages: float | None = None
) -> Counts:
    """SIMULATED draws (SIMULATED, K) of the same street: chance by its shares, noise of so many days."""
    total = float(np.maximum(counts, 0).sum()) if passages is None else passages
    drawn = rng.multinomial(max(1, round(total)), shares(counts), size=SIMULATED).astype(np.float64)
    return drawn + noise(rng, scale, days, drawn.shape)


def noise(rng: np.random.Generator, scale: float, days: int, shape: tuple[int, ...]) -> Counts:
    """Discrete Laplace noise of so many days, added up; geometric draws, as OpenDP's are, but nobody's secret."""
    stop = 1 - np.exp(-1 / scale)
    # A sum of geometric draws is a negative binomial one; a difference of two is discrete Laplace.
    up, down = (rng.negative_binomial(days, stop, size=shape) for _ in range(2))
    result: Counts = (up - down).astype(np.float64)
    return result


def ends(simulated: Counts) -> tuple[float, float]:
    """What 95 % of the simulated figures lie between."""
    low, high = np.quantile(simulated, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def cut(value: float, low: float, high: float, within: tuple[float, float]) -> Index:
    """The index, within what the figure can be; its interval holds its value."""
    least, most = within
    value, low, high = (min(most, max(least, one)) for one in (value, low, high))
    return Index(value, min(low, value), max(high, value))
