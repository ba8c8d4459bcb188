"""Nearest neighbours in NumPy: the living definition of the distance search."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, IntArray, check_shape

ROUNDING = 1e-5
"Bound on the error of a float32 squared distance, as a share of the vectors' squared lengths."


class CpuNeighbours:
    """Neighbours of the CPU wing over one fixed bank (M, D), float32."""

    def __init__(self, bank: FloatArray) -> None:
        check_shape("bank", bank, (None, None))
        self._bank = np.ascontiguousarray(bank, np.float32)
        self._squares = np.einsum("md,md->m", self._bank, self._bank)

    def search(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """See Neighbours.search. Raises ValueError for k < 1 or another D."""
        if k < 1:
            raise ValueError(f"k is {k}, at least 1 neighbour is needed")
        check_shape("queries", queries, (None, self._bank.shape[1]))
        count = min(k, len(self._bank))
        distances = np.zeros((len(queries), count), np.float32)
        rows = np.zeros((len(queries), count), np.int64)
        if count:
            rough = self._squares - 2 * (queries.astype(np.float32) @ self._bank.T)
            for row, query in enumerate(queries):
                distances[row], rows[row] = self._exact(query, rough[row], count)
        return distances, rows

    def _exact(self, query: FloatArray, rough: FloatArray, count: int) -> tuple[FloatArray, IntArray]:
        """The nearest `count` of one query: the fast product picks candidates, float64 differences decide."""
        margin = ROUNDING * float(query @ query + self._squares.max())
        near = np.flatnonzero(rough <= np.partition(rough, count - 1)[count - 1] + 2 * margin)
        exact = np.sqrt(((self._bank[near].astype(np.float64) - query) ** 2).sum(axis=1))
        order = np.argsort(exact, kind="stable")[:count]
        return exact[order].astype(np.float32), near[order].astype(np.int64)
