"""A driver that measures: a CUDA driver in, the same one that knows how long each kernel took out."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from appliance.runtime.jetson.driver import Driver, Size3

TIMES = 20
"Repetitions whose median counts; the first few warm up."
WARM_UP = 3


GRAPH = "graph"
"What a recorded search is called."


class TimedDriver:
    """Passes every call on, with a mark of the device's clock before and after each kernel and graph."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._spans: list[tuple[str, Any, Any]] = []
        self._recording = False
        self.on = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def launch(self, kernel: str, grid: Size3, block: Size3, arguments: bytes) -> None:
        """See Driver.launch."""
        self._timed(kernel, partial(self._driver.launch, kernel, grid, block, arguments))

    def launch_graph(self, graph: int) -> None:
        """See Driver.launch_graph."""
        self._timed(GRAPH, partial(self._driver.launch_graph, graph))

    def begin_capture(self) -> None:
        """See Driver.begin_capture; nothing runs, so nothing is timed until it ends."""
        self._recording = True
        self._driver.begin_capture()

    def end_capture(self) -> int:
        """See Driver.end_capture."""
        self._recording = False
        return self._driver.end_capture()

    def _timed(self, name: str, work: Callable[[], None]) -> None:
        if self._recording or not self.on:
            return work()
        before = self._driver.mark()
        work()
        self._spans.append((name, before, self._driver.mark()))
        return None

    def spent_ms(self) -> dict[str, float]:
        """Device milliseconds by kernel since the last call."""
        spent: defaultdict[str, float] = defaultdict(float)
        for kernel, before, after in self._spans:
            spent[kernel] += self._driver.elapsed_ms(before, after)
        self._spans.clear()
        return dict(spent)


def kernel_ms(driver: TimedDriver, work: Callable[[], object], times: int = TIMES) -> float:
    """Median device milliseconds that the kernels of `work` take, without the gaps between them."""
    driver.on = True
    sums = []
    for _ in range(times + WARM_UP):
        work()
        sums.append(sum(driver.spent_ms().values()))
    driver.on = False
    return statistics.median(sums[WARM_UP:])


def call_ms(driver: Driver | TimedDriver, work: Callable[[], object], times: int = TIMES) -> float:
    """Median device milliseconds from before `work` to after it, gaps, copies and launches included."""
    spans = []
    for _ in range(times + WARM_UP):
        before = driver.mark()
        work()
        after = driver.mark()
        spans.append(driver.elapsed_ms(before, after))
    return statistics.median(spans[WARM_UP:])


def copy_bandwidth(driver: Driver | TimedDriver, size: int = 1 << 29) -> float:
    """Bytes a second that a copy on the device reads and writes together: the limit of this very run."""
    source, target = driver.allocate(size), driver.allocate(size)
    spent_ms = call_ms(driver, lambda: driver.copy_within(target, source, size))
    driver.wait()
    for address in (source, target):
        driver.free(address)
    return 2 * size / spent_ms * 1000
