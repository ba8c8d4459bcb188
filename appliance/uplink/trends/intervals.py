"""How far noise and chance may have moved a figure: scales and shares in, half widths of intervals out.

The noise of a count is discrete Laplace: P(noise = k) is proportional to exp(-|k| / scale).
"""

from __future__ import annotations

import math
from statistics import NormalDist

CONFIDENCE = 0.95


def half_width(scale: float, confidence: float = CONFIDENCE) -> int:
    """The least w that the noise of one count exceeds, to either side, with probability 1 - confidence at the most."""
    a = math.exp(-1 / scale)
    # P(|noise| > w) = 2 a^(w + 1) / (1 + a)
    return max(0, math.ceil(math.log((1 - confidence) * (1 + a) / 2) / math.log(a)) - 1)


def tail(one: float, two: float, t: float) -> float:
    """P(|X + Y| > t) of Laplace noises X and Y of these scales, in closed form."""
    wide, narrow = max(one, two), min(one, two)
    if narrow <= 1e-6 * wide:
        return math.exp(-t / wide)
    if wide - narrow < 1e-4 * wide:
        return math.exp(-t / wide) * (1 + t / (2 * wide))
    return (wide**2 * math.exp(-t / wide) - narrow**2 * math.exp(-t / narrow)) / (wide**2 - narrow**2)


def sum_width(one: float, two: float, confidence: float = CONFIDENCE) -> float:
    """The t with P(|X + Y| > t) = 1 - confidence, by halving."""
    low, high = 0.0, (one + two) * (2 - math.log(1 - confidence))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(one, two, middle) > 1 - confidence else (low, middle)
    return high


def normal_width(confidence: float = CONFIDENCE) -> float:
    """Standard deviations of a normal figure to either side: 1.96 at 95 %."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def share_width(
    share: float,
    passages: float,
    scales: tuple[float, float],
    confidence: float = CONFIDENCE,
    more: float = 0.0,
) -> float:
    """Half width of the interval of a share count / passages, for the street: noise and chance together.

    `scales`: of the noise in the count and in the passages. `more`: variance of whatever it is compared with.
    count - share * passages holds Laplace noise of scale scales[0] and, times the share, scales[1]; chance adds
    a variance of share (1 - share) / passages. The widths of both are added as squares.
    """
    noise = sum_width(scales[0] / passages, share * scales[1] / passages, confidence)
    chance = normal_width(confidence) ** 2 * (max(0.0, share * (1 - share)) / passages + more)
    return math.sqrt(chance + noise**2)
