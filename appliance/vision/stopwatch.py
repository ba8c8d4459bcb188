"""Seconds per stage of the frame loop: stages in, sums out. Costs half a microsecond per stage."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Sums since it was made. Owner: one pipeline."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.settle: Callable[[], None] = lambda: None
        "Waits for what a device has taken on, at the end of each stage: for measuring, never in a street."

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time inside the block to `stage`."""
        begin = time.perf_counter()
        try:
            yield
            self.settle()
        finally:
            self.seconds[stage] += time.perf_counter() - begin
