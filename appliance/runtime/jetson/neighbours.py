"""Nearest neighbours on the device: a bank once, then queries in, distances and row numbers out."""

from __future__ import annotations

import ctypes
import math

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, IntArray, check_shape
from appliance.runtime.jetson.bank import Deal, Shapes, Span, allocate, padded_length, part_of, upload
from appliance.runtime.jetson.gpu import Gpu, Graph, blocks

THREADS = 256
"Of every kernel of kernels/neighbours.cu."
HELD = 64 * 256
"Figures of queries that a block of the kernel holds: 64 queries of 256, 8 of 2048."
CLASSES = (64, 32, 16, 8)
"Queries of one launch: a kernel for each."
BLOCK_ROWS = 128
"Rows that a block of threads takes at a time."
MOST_BLOCKS = 1056
"More than any device runs at once, and as many for each of 8, 16 or 132 processors."
MOST_NEIGHBOURS = 64
SPARE = 32
"Rows beyond k that are measured exactly."
SAMPLE = 4096
MOST_SAMPLED = 16384
"Rows whose scores give the bound for the rest: an eighth of the bank, within these limits."
CAPACITY = 16384
"Candidates that a query has room for; chance takes about (k + 32) / 16384 of a great bank."
ARRAYS = ("bank", "squares", "queries", "scores", "bounds", "candidates", "counts", "answers")
SIZES = ("rows", "shift", "width", "length", "count", "k", "sampled", "capacity")


class CSearch(ctypes.Structure):
    """struct Search of kernels/neighbours.cuh: addresses of the arrays, then sizes."""

    _fields_ = tuple(
        [(name, ctypes.c_uint64) for name in ARRAYS] + [(name, ctypes.c_int32) for name in SIZES]
    )


class JetsonNeighbours:
    """Neighbours of the Jetson wing over one fixed bank (M, D), float32, D up to 2048.

    The bank is rounded to halves, the queries are not. The best k + 32 rows by the tensor cores' product, which takes
    queries as halves too, are measured in single precision: the answer is that of CpuNeighbours over the rounded
    bank, unless more than 32 rows are as near as a query is moved by rounding, 2^-11 of its distance from the mean.
    """

    def __init__(
        self,
        gpu: Gpu,
        bank: FloatArray,
        *,
        free_mb: float = math.inf,
        sample: int = SAMPLE,
        capacity: int = CAPACITY,
    ) -> None:
        """Copy the bank to the device; it may be forgotten afterwards. `free_mb` is what the device may still take.

        Raises BoothError when the bank does not fit, ValueError for a wrong shape.
        """
        check_shape("bank", bank, (None, None))
        self._gpu = gpu
        self._rows, self._figures = bank.shape
        self._length = padded_length(self._figures)
        self._most = most_queries(self._length)
        self._graphs: dict[tuple[int, int], Graph] = {}
        if not self._rows:
            return
        self._deal, self._span = Deal.of(self._rows), Span.of(bank)
        places = self._deal.places
        self._sampled = min(places, max(sample, min(places // 8, MOST_SAMPLED)))
        self._capacity = min(places, max(capacity, 2 * MOST_NEIGHBOURS))
        self._arrays = allocate(gpu, self._shapes(), bank.shape, free_mb)
        upload(gpu, bank, self._deal, self._span, self._arrays["bank"], self._arrays["squares"])

    def search(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """See Neighbours.search. Raises ValueError for k < 1, k > 64 or another D."""
        if k < 1:
            raise ValueError(f"k is {k}, at least 1 neighbour is needed")
        if k > MOST_NEIGHBOURS:
            raise ValueError(f"k is {k}, the device finds at most {MOST_NEIGHBOURS} neighbours")
        check_shape("queries", queries, (None, self._figures))
        nearest = min(k, self._rows)
        distances = np.zeros((len(queries), nearest), np.float32)
        rows = np.zeros((len(queries), nearest), np.int64)
        for first in range(0, len(queries) if nearest else 0, self._most):
            part = slice(first, first + self._most)
            distances[part], rows[part] = self._nearest(queries[part], nearest)
        return distances, rows

    def _nearest(self, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """Distances and rows (N, k) of as many queries as one launch takes."""
        figures = self._span.queries(queries)
        self._gpu.fill(part_of(self._arrays["queries"], 0, figures.shape), figures)
        self._run(len(queries), k)
        answers = self._answers(len(queries), k)
        while (answers[:, 2 * k] > self._capacity).any():
            # The last pass left a lower bound: that of the best among the candidates that found room.
            self._stream(len(queries), k, 0, self._deal.places)
            self._settle(len(queries), k)
            answers = self._answers(len(queries), k)
        distances = answers[:, :k].view(np.float32).astype(np.float64) / self._span.scale
        return distances.astype(np.float32), answers[:, k : 2 * k].astype(np.int64)

    def _run(self, count: int, k: int) -> None:
        """One search: launched one by one the first time, which loads the kernels, and recorded for the next."""
        if (count, k) in self._graphs:
            self._graphs[count, k].launch()
            return
        self._launch(count, k)
        with self._gpu.capture() as graph:
            self._launch(count, k)
        self._graphs[count, k] = graph

    def _launch(self, count: int, k: int) -> None:
        self._stream(count, k, 0, self._sampled, sampling=True)
        self._gpu.launch("neighbours_bound", (count,), (THREADS,), self._struct(count, k))
        self._stream(count, k, self._sampled, self._deal.places)
        self._settle(count, k)

    def _stream(self, count: int, k: int, first: int, end: int, *, sampling: bool = False) -> None:
        """Score the rows at some places."""
        tiles = min(size for size in CLASSES if size >= count) // 8
        # With more queries to hold a block must take more rows to be worth its start.
        grid = min(blocks(end - first, BLOCK_ROWS * max(1, tiles // 2)), MOST_BLOCKS)
        search = self._struct(count, k)
        self._gpu.launch(f"neighbours_stream_{tiles}", (grid,), (THREADS,), search, first, end, sampling)

    def _settle(self, count: int, k: int) -> None:
        self._gpu.launch("neighbours_settle", (count,), (THREADS,), self._struct(count, k))

    def _answers(self, count: int, k: int) -> NDArray[np.int32]:
        """Distances as the bits of floats, rows, and the count of candidates, (N, 2 k + 1)."""
        return self._gpu.figures(part_of(self._arrays["answers"], 0, (count, 2 * k + 1)))

    def _struct(self, count: int, k: int) -> CSearch:
        deal = self._deal
        addresses = [self._arrays[name].address for name in ARRAYS]
        sizes = (deal.rows, deal.shift, deal.width, self._length, count, k, self._sampled, self._capacity)
        return CSearch(*addresses, *sizes)

    def _shapes(self) -> Shapes:
        """Everything that lies on the device."""
        places, most = self._deal.places, self._most
        return {
            "bank": ((places, self._length), np.uint16),
            "squares": ((places,), np.float32),
            "queries": ((most * (self._length + 1),), np.float32),
            "scores": ((most, self._sampled), np.float32),
            "bounds": ((most,), np.uint64),
            "candidates": ((most, self._capacity), np.uint64),
            "counts": ((most,), np.int32),
            "answers": ((most * (2 * MOST_NEIGHBOURS + 1),), np.int32),
        }


def most_queries(length: int) -> int:
    """Queries of one launch. Raises ValueError when not even the least class fits into a block."""
    fitting = [size for size in CLASSES if size * length <= HELD]
    if not fitting:
        raise ValueError(
            f"rows of {length} figures; the device searches rows of at most {HELD // CLASSES[-1]}"
        )
    return fitting[0]


def bytes_read(rows: int, length: int, queries: int, k: int) -> int:
    """What a search must read of a bank (rows, length) on the device: all of it once per launch, the best again."""
    width = 2 * padded_length(length)
    launches = blocks(queries, most_queries(padded_length(length)))
    return launches * rows * (width + 4) + queries * min(k + SPARE, rows) * width
