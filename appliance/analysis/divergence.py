"""How far two streets dress apart: shares of the same cells in two cities go in, one figure and its interval out.

The Jensen-Shannon divergence in bits: 0 where both wear the same, 1 where nothing worn here is worn there.
J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37 (1991).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.analysis.estimate import Estimate

Figures = NDArray[np.float64]
LEAST = 1e-6
"A share that noise has pushed below counts as this, for the logarithm's sake."


def divergence(here: Sequence[Estimate], there: Sequence[Estimate]) -> Estimate:
    """Between the shares of both, made to add up to 1 in each; ValueError unless they are as many, and some.

    Chance makes two equal streets look unlike: what it adds on average (half the second derivative times the
    variance) is taken off, so the value may fall below 0. The spread is that of the first and second order.
    """
    if not here or len(here) != len(there):
        raise ValueError("a divergence needs the same cells of both, and some")
    p, p_spread, p_slack = normed(here)
    q, q_spread, q_slack = normed(there)
    middle = (p + q) / 2
    value = entropy(middle) - (entropy(p) + entropy(q)) / 2
    bends = [bend(p, q) * p_spread**2, bend(q, p) * q_spread**2]
    slopes = [slope(p, middle), slope(q, middle)]
    variance = sum(float(np.sum((g * s) ** 2)) for g, s in zip(slopes, (p_spread, q_spread), strict=True))
    variance += sum(float(np.sum(bent**2)) / 2 for bent in bends)
    slack = sum(float(np.sum(abs(g) * s)) for g, s in zip(slopes, (p_slack, q_slack), strict=True))
    return Estimate(value - sum(float(bent.sum()) for bent in bends) / 2, variance**0.5, slack)


def normed(shares: Sequence[Estimate]) -> tuple[Figures, Figures, Figures]:
    """Values that add up to 1, their spreads and slacks, each of shape (K,)."""
    values = np.array([max(share.value, LEAST) for share in shares])
    whole = values.sum()
    spreads = np.array([share.spread for share in shares])
    slacks = np.array([share.slack for share in shares])
    return values / whole, spreads / whole, slacks / whole


def entropy(shares: Figures) -> float:
    """Shannon's, in bits."""
    return -float(np.sum(shares * np.log2(shares)))


def slope(shares: Figures, middle: Figures) -> Figures:
    """First derivative by each share, less its mean: only what moves shares against each other counts."""
    raw: Figures = np.log2(shares / middle) / 2
    return raw - float(np.sum(shares * raw))


def bend(own: Figures, other: Figures) -> Figures:
    """Second derivative by each share."""
    bent: Figures = other / (own * (own + other)) / (2 * np.log(2))
    return bent
