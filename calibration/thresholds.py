"""From which distance an outfit is told: a bank and a wanted share in, the distance and its interval out."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from appliance.artifacts import Bank
from appliance.vision.novelty import references_of, tail_share
from appliance.vision.rarity import conformal_share, readiness, share_interval

USUAL = (0.01, 0.02, 0.05, 0.1, 0.2)
"Shares that people want to be told of."
FARTHEST = 1e6
STEPS = 80


@dataclass(frozen=True)
class Threshold:
    """Where a bank draws the line for one wanted share."""

    wanted: float
    "Share of the passages that shall be told, 0..1."
    distance: float
    "From which an outfit is told; infinite when the bank is too young for any."
    low: float
    "Of the street's passages, this distance is exceeded by between `low` and `high`, with 90 % probability."
    high: float
    readiness: str
    "'ok', or why nobody is told yet."


def threshold_of(bank: Bank, wanted: float) -> Threshold:
    """The line of a bank for a wanted share, with what the few passages behind it leave open."""
    references = references_of(bank)
    low, high = share_interval(wanted, references)
    return Threshold(
        wanted, distance_at(bank, wanted), float(low), float(high), readiness(wanted, references)
    )


def words_of(line: Threshold) -> tuple[str, str, str, str]:
    """A threshold for people: wanted share, distance from which outfits are told, what that gives, state."""
    return (
        f"{line.wanted:.0%}",
        f"{line.distance:.2f}" if math.isfinite(line.distance) else "none",
        f"{line.low:.1%} to {line.high:.1%}",
        "ready" if line.readiness == "ok" else line.readiness,
    )


def figures_of(line: Threshold) -> dict[str, Any]:
    """A threshold for programs; a distance that is infinite is None, as JSON knows no infinity."""
    return {**asdict(line), "distance": line.distance if math.isfinite(line.distance) else None}


def distance_at(bank: Bank, wanted: float) -> float:
    """The least distance whose rarity is 1 - wanted or more, by bisection; infinite when none is."""
    references = references_of(bank)

    def share(distance: float) -> float:
        return float(conformal_share(tail_share(np.array([distance]), bank.fused), references)[0])

    near, far = 0.0, FARTHEST
    if share(far) > wanted:
        return float("inf")
    for _ in range(STEPS):
        middle = (near + far) / 2
        near, far = (near, middle) if share(middle) <= wanted else (middle, far)
    return far
