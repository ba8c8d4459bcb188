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


def restlessness(parts: Sequence[Estimate], times: Sequence[float]) -> float:
    """How many times more values scatter about a straight line through them than their spreads explain; at least 1.

    Weather and weekdays move a street more than noise and sampling do; the spread of a mean of days is widened by
    this. A steady rise is no scatter. R. T. Birge, "The calculation of errors by the method of least squares",
    Physical Review 40 (1932).
    """
    sure = [(part, time) for part, time in zip(parts, times, strict=True) if part.spread > 0]
    if len(sure) < 3:
        return 1.0
    weights = [part.spread**-2 for part, _ in sure]
    line = fitted([part.value for part, _ in sure], [time for _, time in sure], weights)
    squares = math.fsum(
        weight * (part.value - on_line) ** 2
        for weight, (part, _), on_line in zip(weights, sure, line, strict=True)
    )
    return max(1.0, math.sqrt(squares / (len(sure) - 2)))


def fitted(values: Sequence[float], times: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The straight line of weighted least squares, at each of `times`."""
    whole = math.fsum(weights)
    middle = math.fsum(w * time for w, time in zip(weights, times, strict=True)) / whole
    mean = math.fsum(w * value for w, value in zip(weights, values, strict=True)) / whole
    reach = math.fsum(w * (time - middle) ** 2 for w, time in zip(weights, times, strict=True))
    pairs = zip(weights, times, values, strict=True)
    slope = math.fsum(w * (time - middle) * value for w, time, value in pairs) / reach if reach else 0.0
    return [mean + slope * (time - middle) for time in times]


def shared_out(comparisons: int) -> float:
    """The z of intervals of which all of so many hold at once with 95 % (Bonferroni)."""
    return NormalDist().inv_cdf(1 - 0.025 / max(1, comparisons))
