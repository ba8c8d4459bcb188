"""How far passages are from prototypes made without them: vectors and clusters in, held-out distances out."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray
from appliance.vision.codes import words_of
from calibration.prototypes import Figures, Prototypes, find_prototypes

FOLDS = 10
"Parts of the street that are held out in turn."


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


def left_out_codes(shares: FloatArray | Figures, mean: FloatArray | Figures, total: int) -> Figures:
    """Code length of each passage (N, D) by the words of the others, shape (N,), nats.

    `mean` (D,) is that of all `total` >= 2 passages, those included.
    """
    others = (mean * total - shares.astype(np.float64)) / (total - 1)
    lengths: Figures = (shares * words_of(others)).sum(axis=1)
    return lengths


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
