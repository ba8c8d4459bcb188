"""Histograms whose bins share what lies between them: points in, counts and the blur of counts out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray


def soft_histogram(first: FloatArray, second: FloatArray, bins: int) -> FloatArray:
    """Bilinear histogram (bins, bins) of M points in units of bins; what lies beyond the last middle counts to it."""
    counts = np.zeros(bins * bins)
    sides = [sides_of(axis, bins) for axis in (first, second)]
    for row, row_share in sides[0]:
        for column, column_share in sides[1]:
            counts += np.bincount(
                row * bins + column, weights=row_share * column_share, minlength=len(counts)
            )
    return counts.reshape(bins, bins).astype(np.float32)


def sides_of(axis: FloatArray, bins: int) -> list[tuple[NDArray[np.int64], FloatArray]]:
    """The two bins (M,) between whose middles each point lies, and its share in each."""
    low = np.floor(axis - 0.5)
    share = axis - 0.5 - low
    place = low.astype(np.int64)
    return [(place.clip(0, bins - 1), 1 - share), ((place + 1).clip(0, bins - 1), share)]


@lru_cache(maxsize=4)
def blur_matrix(length: int, sigma: float, reach: int) -> FloatArray:
    """Gaussian over `length` bins as a matrix (length, length); what leaves at an end stays in its bin."""
    away = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (away / sigma) ** 2)
    matrix = np.zeros((length, length))
    for row in range(length):
        np.add.at(matrix[row], (row + away).clip(0, length - 1), kernel / kernel.sum())
    return matrix.astype(np.float32)
