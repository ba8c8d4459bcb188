"""The neighbour search against the device's bandwidth and against its peers: banks in, rows of a table out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.neighbours import JetsonNeighbours, bytes_read
from tests.device.peers import peers_ms, wall_ms
from tests.device.timed import TimedDriver, kernel_ms

BANKS, QUERIES, LENGTH, K = (50_000, 500_000, 1_000_000), (1, 16, 64), 256, 5


@dataclass(frozen=True)
class Search:
    """One size measured."""

    rows: int
    queries: int
    kernels_ms: float
    "Device time of our kernels."
    call_ms: float
    "From queries on the host to neighbours on the host."
    of_bandwidth: float
    "Bytes read a second, as a share of what a copy moves."
    peers_ms: dict[str, float]
    "Library -> from queries on the device to neighbours on the device."


def searches(
    driver: TimedDriver, bandwidth: float, banks: Sequence[int] = BANKS, asked: Sequence[int] = QUERIES
) -> Iterator[Search]:
    """Measure every bank at every number of queries; `bandwidth` in bytes a second."""
    rng = np.random.default_rng(0)
    for rows in banks:
        bank = rng.standard_normal((rows, LENGTH), np.float32)
        gpu = Gpu(driver)
        neighbours = JetsonNeighbours(gpu, bank)
        for count in asked:
            queries = rng.standard_normal((count, LENGTH), np.float32)

            work = partial(neighbours.search, queries, K)
            spent_ms = kernel_ms(driver, work)
            speed = bytes_read(rows, LENGTH, count, K) / spent_ms * 1000
            whole_ms = wall_ms(work, driver.wait)
            yield Search(rows, count, spent_ms, whole_ms, speed / bandwidth, peers_ms(bank, queries, K))
        del neighbours
        gpu.close()
