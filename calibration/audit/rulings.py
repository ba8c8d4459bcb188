"""What a bank says of test people: what was seen of them in, distance and rarity of each out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from appliance.records import FloatArray
from calibration.audit.sight import Seen, Sights, vectors_of
from calibration.trials.statistics import Figures

Court = Callable[[dict[str, FloatArray]], tuple[Figures, Figures]]
"""Raw vectors, measure -> (N, D), N >= 1: distances (N,) and rarities (N,)."""


@dataclass(frozen=True)
class Ruling:
    """What is said of one person."""

    distance: float
    rarity: float


Rulings = Mapping[str, Mapping[str, Ruling | None]]
"""Set -> person -> ruling; None where nothing could be said."""


def rule_on(sights: Sights, court: Court) -> dict[str, dict[str, Ruling | None]]:
    """Judge everybody."""
    return {name: rule_on_set(seen, court) for name, seen in sights.items()}


def rule_on_set(seen: Mapping[str, Seen], court: Court) -> dict[str, Ruling | None]:
    """Judge the people of one set."""
    vectors = vectors_of(seen)
    known = [person for person, one in seen.items() if one.measures]
    distances, rarities = court(vectors) if known else (np.zeros(0), np.zeros(0))
    said = {
        person: Ruling(float(distance), float(rarity))
        for person, distance, rarity in zip(known, distances, rarities, strict=True)
    }
    return {person: said.get(person) for person in seen}


def distances_of(rulings: Mapping[str, Ruling | None]) -> Figures:
    """Distances of everybody judged, shape (N,)."""
    return np.array([one.distance for one in rulings.values() if one], np.float64)


def rarities_of(rulings: Mapping[str, Ruling | None]) -> Figures:
    """Rarities of everybody judged, shape (N,)."""
    return np.array([one.rarity for one in rulings.values() if one], np.float64)
