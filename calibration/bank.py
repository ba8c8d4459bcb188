"""The bank from passages: one raw vector per passage and measure in, prototypes and calibrated tails out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.artifacts import MIN_SUPPORTERS, Bank, Measure
from appliance.errors import BoothError
from appliance.records import FloatArray
from appliance.vision.novelty import Figures, fit_tail, standardise, tail_share
from calibration.prototypes import Prototypes, find_prototypes

STANDARDISED = "texture"
"Its figures have different units, so each is divided by its spread over the street; histograms are not."
FOLDS = 10
"Parts of the street that are held out in turn."


@dataclass(frozen=True)
class Reference:
    """One measure of a bank being made, and how far the street's own passages are from it."""

    measure: Measure
    distances: Figures
    "Shape (N,): of each passage from prototypes that were made without it."


def learn_bank(passages: dict[str, FloatArray], descriptor: str, neighbours: int, seed: int = 0) -> Bank:
    """Make a bank of passages, measure -> (N, D). Raises BoothError when there are fewer than ten people."""
    count = len(next(iter(passages.values())))
    check_enough(count)
    rng = np.random.default_rng(seed)
    references = {name: learn_measure(name, raw, neighbours, rng) for name, raw in passages.items()}
    fused: Figures = np.sum(
        [-np.log(tail_share(ref.distances, ref.measure.tail)) for ref in references.values()], axis=0
    )
    measures = {name: ref.measure for name, ref in references.items()}
    return Bank(descriptor, count, measures, fit_tail(fused))


def check_enough(people: int) -> None:
    """Raise BoothError when a bank of so few people would describe persons."""
    if people < MIN_SUPPORTERS:
        raise BoothError(
            f"only {people} people could be learned from, a bank needs {MIN_SUPPORTERS}; give longer or more sources"
        )


def learn_measure(name: str, raw: FloatArray, neighbours: int, rng: np.random.Generator) -> Reference:
    """Prototypes and tail of one measure from raw vectors (N, D)."""
    centre, spread = scale_of(raw, standardised=name == STANDARDISED)
    vectors = standardise(raw, centre, spread)
    found = find_prototypes(vectors, rng)
    if len(vectors) < FOLDS * 2:
        distances = left_out_distances(vectors, found, neighbours)
    else:
        distances = held_out_distances(vectors, neighbours, rng)
    return Reference(Measure(found.centres, found.supporters, centre, spread, fit_tail(distances)), distances)


def scale_of(raw: FloatArray, *, standardised: bool) -> tuple[FloatArray, FloatArray]:
    """Centre and spread (D,) that turn raw vectors (N, D) into comparable figures."""
    length = raw.shape[1]
    if not standardised:
        return np.zeros(length, np.float32), np.ones(length, np.float32)
    deviation = np.maximum(raw.std(axis=0), 0.05)
    return raw.mean(axis=0).astype(np.float32), (deviation * np.sqrt(length)).astype(np.float32)


def left_out_distances(vectors: FloatArray, found: Prototypes, neighbours: int) -> Figures:
    """Mean distance of each passage to its nearest prototypes, its own share taken out of its own, shape (N,).

    Leave one out without learning N times: the mean of a cluster of n without x is (n m - x) / (n - 1).
    """
    away = distance_matrix(vectors, found.centres)
    rows = np.arange(len(vectors))
    size = found.supporters[found.members]
    away[rows, found.members] *= size / (size - 1)
    distances: Figures = np.sort(away, axis=1)[:, :neighbours].mean(axis=1)
    return distances


def held_out_distances(vectors: FloatArray, neighbours: int, rng: np.random.Generator) -> Figures:
    """Mean distance of each passage (N, D) to the nearest prototypes of the nine tenths it is not in, shape (N,).

    Cross-fitting: prototypes are drawn towards their own passages, so distances to them would flatter the street
    and call too many strangers rare (measured: 15 % at a wanted 5 %).
    """
    fold_of = rng.permutation(len(vectors)) % FOLDS
    distances: Figures = np.zeros(len(vectors))
    for fold in range(FOLDS):
        inside = fold_of == fold
        found = find_prototypes(vectors[~inside], rng)
        away = np.sort(distance_matrix(vectors[inside], found.centres), axis=1)
        distances[inside] = away[:, :neighbours].mean(axis=1)
    return distances


def distance_matrix(first: FloatArray, second: FloatArray) -> Figures:
    """Euclidean distances between rows of (N, D) and (P, D), shape (N, P)."""
    one, other = first.astype(np.float64), second.astype(np.float64)
    squared = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    distances: Figures = np.sqrt(squared.clip(min=0))
    return distances
