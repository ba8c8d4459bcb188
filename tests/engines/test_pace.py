"""Which runner is faster: told by a clock that both move, and not by one lucky or busy moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from engines.pace import ROUNDS, WARM_UP, Pace, measure_pace
from engines.verify import Runner
from tests.fakes import FakeClock

PICTURE = np.zeros((1, 4, 4, 3), np.uint8)


def runner(clock: FakeClock, *spent_ms: float) -> Runner:
    """Takes so long, one value after the other, the last one for ever."""
    left = list(spent_ms)

    def run(inputs: Mapping[str, Any]) -> dict[str, Any]:
        clock.now_s += (left.pop(0) if len(left) > 1 else left[0]) / 1000
        return {}

    return run


def test_the_ratio_is_that_of_the_times() -> None:
    clock = FakeClock()
    pace = measure_pace(runner(clock, 20), runner(clock, 10), PICTURE, clock.perf_counter)
    assert pace.ratio == pytest.approx(2)
    assert pace.line == "10.0 ms against 20.0 ms, 2.00 times as fast"


def test_the_first_runs_do_not_count() -> None:
    clock = FakeClock()
    slow_start = [500.0] * WARM_UP + [10.0]
    assert measure_pace(runner(clock, 20), runner(clock, *slow_start), PICTURE, clock.perf_counter).ratio == (
        pytest.approx(2)
    )


def test_a_busy_moment_of_one_side_makes_nobody_faster() -> None:
    clock = FakeClock()
    disturbed = [10.0] * (WARM_UP + ROUNDS // 3) + [90.0] * ROUNDS
    pace = measure_pace(runner(clock, *disturbed), runner(clock, 10), PICTURE, clock.perf_counter)
    assert pace.reference_ms == pytest.approx(90)
    assert pace.ratio == pytest.approx(1)


def test_medians_and_bests_must_agree() -> None:
    assert Pace(20, 10, 10, 10).ratio == 1
    assert Pace(10, 10, 20, 10).ratio == 1
