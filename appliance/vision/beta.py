"""The Beta distribution: shares and shapes in, probabilities and quantiles out. Counts may be fractions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Figures = NDArray[np.float64]

MOST_TERMS = 20_000
"The fraction needs some multiples of the square root of the larger shape; a year of passages needs thousands."
ENOUGH = 1e-12
"Relative change at which the fraction has converged."
HALVINGS = 60
"A quantile is bracketed by halves down to 2^-60."
TINY = 1e-300
"Stands for 0 in a denominator (Lentz, Applied Optics 15, 1976)."


def beta_share(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> Figures:
    """P(share <= x) for Beta(a, b), a and b > 0: any shapes that broadcast, values 0..1.

    Continued fraction of the regularised incomplete beta function (NIST DLMF 8.17.22), on the side of the mean
    where it converges.
    """
    where, first, second = (
        np.array(one) for one in np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x, a, b)))
    )
    where = where.clip(0, 1)
    mirrored = where > (first + 1) / (first + second + 2)
    near = np.where(mirrored, 1 - where, where)
    left, right = np.where(mirrored, second, first), np.where(mirrored, first, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        front = np.exp(left * np.log(near) + right * np.log1p(-near) - log_beta(left, right)) / left
    below: Figures = np.where(near > 0, front * fraction(near, left, right), 0.0)
    return np.where(mirrored, 1 - below, below)


def beta_quantile(level: ArrayLike, a: ArrayLike, b: ArrayLike) -> Figures:
    """The share that Beta(a, b) stays below with probability `level` (0..1): any shapes that broadcast.

    A shape of 0 puts everything on one end: a = 0 gives 0, b = 0 gives 1, as Clopper and Pearson need it.
    """
    level, a, b = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (level, a, b)))
    low, high = np.zeros(level.shape), np.ones(level.shape)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        under = beta_share(middle, np.maximum(a, TINY), np.maximum(b, TINY)) < level
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.where(a <= 0, 0.0, np.where(b <= 0, 1.0, (low + high) / 2))


def log_beta(a: Figures, b: Figures) -> Figures:
    """Logarithm of the beta function, any shape."""
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def log_gamma(values: Figures) -> Figures:
    """Logarithm of the gamma function of positive values, any shape."""
    flat = [math.lgamma(value) for value in values.ravel().tolist()]
    return np.array(flat, np.float64).reshape(values.shape)


def fraction(x: Figures, a: Figures, b: Figures) -> Figures:
    """The continued fraction of DLMF 8.17.22 by the modified Lentz method, all elements at once."""
    value, lower = np.ones(x.shape), np.ones(x.shape)
    upper = np.full(x.shape, 1 / TINY)
    for term in range(1, MOST_TERMS):
        m = term // 2
        if term % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / away_from_zero(1 + part * lower)
        upper = away_from_zero(1 + part / upper)
        value = value * upper * lower
        if (np.abs(upper * lower - 1) < ENOUGH).all():
            break
    return value


def away_from_zero(values: Figures) -> Figures:
    """The same values, with TINY for 0."""
    return np.where(np.abs(values) < TINY, TINY, values)
