"""Histograms whose bins share what lies between them: points in, counts out."""

from __future__ import annotations

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
