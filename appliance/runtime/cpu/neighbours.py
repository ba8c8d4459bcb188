"""Nearest neighbours in NumPy: the living definition of the distance search."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, IntArray, check_shape


class CpuNeighbours:
    """Neighbours of the CPU wing over one fixed bank (M, D), float32."""

    def __init__(self, bank: FloatArray) -> None:
        check_shape("bank", bank, (None, None))
        self._bank = np.ascontiguousarray(bank, np.float32)
        self._squares = (self._bank.astype(np.float64) ** 2).sum(axis=1)

    def search(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """See Neighbours.search. Raises ValueError for k < 1 or another D."""
        if k < 1:
            raise ValueError(f"k is {k}, at least 1 neighbour is needed")
        check_shape("queries", queries, (None, self._bank.shape[1]))
        wide = queries.astype(np.float64)
        squared = (wide**2).sum(axis=1)[:, None] + self._squares - 2 * wide @ self._bank.T.astype(np.float64)
        rows = np.argsort(squared, axis=1, kind="stable")[:, :k]
        nearest = np.take_along_axis(squared, rows, axis=1).clip(min=0)
        return np.sqrt(nearest).astype(np.float32), rows.astype(np.int64)
