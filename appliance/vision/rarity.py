"""How sure a rarity is: shares of the street's own passages in, conformal shares, their intervals, readiness out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from appliance.artifacts import LEVELS
from appliance.vision.beta import Figures, beta_quantile, beta_share

SURE = 0.95
"How sure the booth has to be of what its threshold gives before it tells anybody."
MOST_TIMES = 2.0
"...namely that it is at most so many times what was wanted."
EDGE = 1 - float(LEVELS[-1])
"Share of the references beyond the last decile, where a fitted tail takes over from counting."


def conformal_share(share: ArrayLike, passages: float) -> Figures:
    """P-values (N,), in (0, 1], from the share (N,) of `passages` references that are at least so far away.

    (1 + #{reference >= distance}) / (n + 1): whoever is exchangeable with the references is at or below a level
    with at most that probability (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005, 2.2).
    Beyond the last decile, where the share comes from the fitted tail and is itself predictive, the same factor
    as at the edge keeps the order of outfits rarer than 1 / (n + 1).
    """
    shares = np.asarray(share, np.float64)
    inside = (1 + passages * shares) / (passages + 1)
    at_edge = (1 + passages * EDGE) / (passages + 1)
    return np.where(shares < EDGE, shares / EDGE * at_edge, inside)


def share_interval(share: ArrayLike, passages: float, level: float = 0.9) -> tuple[Figures, Figures]:
    """Between which shares (N,), (N,) the true one lies with probability `level`, given only `passages` references.

    Clopper and Pearson (Biometrika 26, 1934) on the count n * share, which may be a fraction. For shares beyond the
    last decile the count is what the fitted tail expects. That is never too narrow for an exponential tail: its
    scale is known from n / 10 excesses, so the relative variance of share s is ln(u)^2 10/n with u = EDGE / s, and
    counting has u 10/n, which is more for every u >= 1.
    """
    hits = np.asarray(share, np.float64) * passages
    rest, aside = passages - hits, (1 - level) / 2
    return beta_quantile(aside, hits, rest + 1), beta_quantile(1 - aside, hits + 1, rest)


@lru_cache(maxsize=256)
def least_passages(wanted: float) -> int:
    """References from which a share (above 0, to 0.5) may be told: 66 for 5 %, 12 for 20 %."""
    few, many = 0, 1
    while not enough(wanted, many):
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(wanted, middle) else (middle, many)
    return many


@lru_cache(maxsize=4096)
def enough(wanted: float, passages: int) -> bool:
    """Whether so many references bear that share: SURE that the threshold gives at most MOST_TIMES what was wanted.

    Given the references, the share beyond their k-th farthest of n is Beta(k, n + 1 - k) distributed, whatever the
    distances are (Bates, Candes, Lei, Romano and Sesia, Annals of Statistics 51, 2023). At least one of them has to
    lie beyond.
    """
    hits = wanted * (passages + 1)
    return hits >= 1 and float(beta_share(MOST_TIMES * wanted, hits, passages + 1 - hits)) >= SURE


def readiness(wanted: float, passages: float) -> str:
    """'ok', or why nobody is told yet: 'too early to tell: 43 of 66 passages'."""
    known = int(passages)
    return (
        "ok" if enough(wanted, known) else f"too early to tell: {known} of {least_passages(wanted)} passages"
    )
