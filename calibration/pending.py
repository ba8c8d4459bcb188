"""The first few people of a quiet street: their running mean and spread, in memory only, until ten have passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from appliance.records import FloatArray
from appliance.vision.novelty import is_coded
from calibration.heldout import left_out_codes
from calibration.prototypes import Figures
from calibration.scale import unit_of


@dataclass
class Pending:
    """Mean and variance of fewer people than make a prototype. Owner: the street; never stored."""

    people: int = 0
    means: dict[str, Figures] = field(default_factory=dict)
    "Measure -> shape (D,)."
    variances: dict[str, Figures] = field(default_factory=dict)
    "Measure -> shape (D,)."
    distances: dict[str, Figures] = field(default_factory=dict)
    "Measure -> shape (people,): how far each was from the mean of those before and beside."

    def add(self, group: Sequence[Mapping[str, FloatArray]]) -> None:
        """Fold N >= 1 people in; nothing of them is kept when they are alone."""
        total = self.people + len(group)
        if total < 2:
            return
        for name in group[0]:
            raw = np.stack([vectors[name] for vectors in group]).astype(np.float64)
            self._add_measure(name, raw, total)
        self.people = total

    def _add_measure(self, name: str, raw: Figures, total: int) -> None:
        """Combine means and variances (Chan, Golub and LeVeque 1983); leave one out for the distances."""
        nobody = np.zeros(raw.shape[1])
        mean, variance = self.means.get(name, nobody), self.variances.get(name, nobody)
        share = len(raw) / total
        gap = raw.mean(axis=0) - mean
        self.means[name] = mean + share * gap
        self.variances[name] = (1 - share) * variance + share * raw.var(axis=0) + share * (1 - share) * gap**2
        self.distances[name] = np.append(
            self.distances.get(name, nobody[:0]), self._left_out(name, raw, total)
        )

    def _left_out(self, name: str, raw: Figures, total: int) -> Figures:
        """How far N passages (N, D) of `total` are from the mean of all others, shape (N,)."""
        if is_coded(name):
            return left_out_codes(raw, self.means[name], total)
        unit = unit_of(name, self.variances[name])
        # The mean of n people without x is (n m - x) / (n - 1), so x is n / (n - 1) times as far from it.
        away: Figures = np.linalg.norm((raw - self.means[name]) / unit, axis=1) * total / (total - 1)
        return away
