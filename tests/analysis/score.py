"""How often intervals hold: each interval and the truth in, hits and tries by kind of figure out."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from statistics import NormalDist

from appliance.analysis.estimate import Estimate

HOLD = 0.90
BY_CHANCE = 1e-4


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

    def too_seldom(self) -> list[str]:
        """Kinds whose intervals hold less often than HOLD by more than chance explains."""
        return [
            f"{kind}: {self.hits[kind]} of {tries}"
            for kind, tries in self.tries.items()
            if chance_of(self.hits[kind], tries) < BY_CHANCE
        ]

    def shares(self) -> dict[str, float]:
        return {kind: self.hits[kind] / tries for kind, tries in self.tries.items()}


def chance_of(hits: int, tries: int) -> float:
    """About that of so few hits or fewer, if each interval held with HOLD; exact enough for few, and for many."""
    if tries < 1000:
        return sum(math.comb(tries, n) * HOLD**n * (1 - HOLD) ** (tries - n) for n in range(hits + 1))
    return NormalDist().cdf((hits - HOLD * tries) / math.sqrt(tries * HOLD * (1 - HOLD)))
