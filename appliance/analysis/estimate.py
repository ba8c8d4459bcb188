"""A figure that is not known exactly: values with their intervals go in, means and differences with theirs come out.

Two kinds of not knowing add up in two ways. What chance does (noise, sampling) evens out over days and adds in
squares; what was held back (a cell too small to be told) does not even out, and adds as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Estimate:
    """A value, the standard deviation of its error by chance, and how far it may be off besides."""

    value: float
    spread: float
    slack: float = 0.0

    def ends(self, z: float = Z95) -> tuple[float, float]:
        """Both ends of the interval, 95 % without `z`."""
        reach = z * self.spread + self.slack
        return self.value - reach, self.value + reach

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.ends()[0]

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.ends()[1]

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.value - other.value, math.hypot(self.spread, other.spread), self.slack + other.slack
        )

    def sign(self, z: float = Z95) -> int:
        """1 or -1 where the whole interval lies above or below 0, else 0."""
        low, high = self.ends(z)
        return 1 if low > 0 else -1 if high < 0 else 0


def from_interval(value: float, low: float, high: float) -> Estimate:
    """What a 95 % interval says; its longer side counts, for the shorter may have been cut off at 0 or 1."""
    return Estimate(value, max(value - low, high - value, 0.0) / Z95)


def held_back(most: float) -> Estimate:
    """Something between 0 and `most`, of which no more was told."""
    return Estimate(most / 2, 0.0, most / 2)


def blend(parts: Sequence[Estimate], weights: Sequence[float]) -> Estimate:
    """The weighted mean of independent estimates. Raises ValueError without any weight."""
    whole = math.fsum(weights)
    if whole <= 0:
        raise ValueError("a mean needs weights above 0")
    shares = [weight / whole for weight in weights]
    pairs = list(zip(parts, shares, strict=True))
    return Estimate(
        math.fsum(part.value * share for part, share in pairs),
        math.sqrt(math.fsum((part.spread * share) ** 2 for part, share in pairs)),
        math.fsum(part.slack * share for part, share in pairs),
    )


def restlessness(parts: Sequence[Estimate]) -> float:
    """How many times more the values differ than their own spreads explain, never below 1 (Birge's ratio).

    Weather and weekdays move a street more than noise and sampling do; the spread of a mean of days is widened by
    this. R. T. Birge, "The calculation of errors by the method of least squares", Physical Review 40 (1932).
    """
    sure = [part for part in parts if part.spread > 0]
    if len(sure) < 2:
        return 1.0
    weights = [part.spread**-2 for part in sure]
    mean = math.fsum(w * part.value for w, part in zip(weights, sure, strict=True)) / math.fsum(weights)
    squares = math.fsum(w * (part.value - mean) ** 2 for w, part in zip(weights, sure, strict=True))
    return max(1.0, math.sqrt(squares / (len(sure) - 1)))


def shared_out(comparisons: int) -> float:
    """The z of intervals of which all of so many hold at once with 95 % (Bonferroni)."""
    return NormalDist().inv_cdf(1 - 0.025 / max(1, comparisons))
