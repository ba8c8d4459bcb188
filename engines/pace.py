"""Which of two runners is faster on this machine: both and one picture in, the ratio of their times out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engines.verify import Runner

WARM_UP, ROUNDS = 3, 25
FASTER = 1.05
"A ratio below is noise, and no reason to run anything but the reference."


@dataclass(frozen=True)
class Pace:
    """Times of one run of both: the median, and the best, which nothing else on the machine has disturbed."""

    reference_ms: float
    candidate_ms: float
    best_reference_ms: float
    best_candidate_ms: float

    @property
    def ratio(self) -> float:
        """How many times as fast the candidate is, by medians or by bests, whichever flatters it less."""
        return min(self.reference_ms / self.candidate_ms, self.best_reference_ms / self.best_candidate_ms)

    @property
    def line(self) -> str:
        """Median times and the ratio."""
        return (
            f"{self.candidate_ms:.1f} ms against {self.reference_ms:.1f} ms, {self.ratio:.2f} times as fast"
        )


def measure_pace(
    reference: Runner,
    candidate: Runner,
    picture: NDArray[np.uint8],
    clock: Callable[[], float] = time.perf_counter,
) -> Pace:
    """Run both in turns on one picture (1, H, W, 3), so that a busy moment of the machine meets both."""
    spent: list[list[float]] = [[], []]
    for turn in range(WARM_UP + ROUNDS):
        for side, runner in enumerate((reference, candidate)):
            begin_s = clock()
            runner({"image": picture})
            if turn >= WARM_UP:
                spent[side].append(1000 * (clock() - begin_s))
    return Pace(*map(median, spent), *map(min, spent))
