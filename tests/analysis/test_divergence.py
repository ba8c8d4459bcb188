"""The divergence of two cities: its value, its bias and how often its interval holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.analysis.divergence import divergence
from appliance.analysis.estimate import Estimate

WEIGHTS = st.lists(st.floats(0.01, 1), min_size=2, max_size=14)


def sure(shares: list[float]) -> list[Estimate]:
    return [Estimate(share, 0.0) for share in shares]


def drawn(shares: NDArray[np.float64], passages: int, chance: np.random.Generator) -> list[Estimate]:
    counts = chance.multinomial(passages, shares) / passages
    return [Estimate(share, (max(share, 1e-4) * (1 - share) / passages) ** 0.5) for share in counts.tolist()]


@given(WEIGHTS)
def test_a_street_does_not_differ_from_itself(weights: list[float]) -> None:
    assert divergence(sure(weights), sure(weights)).value == pytest.approx(0, abs=1e-12)


@given(WEIGHTS, st.randoms())
def test_it_is_the_same_both_ways_and_at_most_one_bit(weights: list[float], chance: object) -> None:
    other = list(weights)
    chance.shuffle(other)  # type: ignore[attr-defined]
    there, back = divergence(sure(weights), sure(other)), divergence(sure(other), sure(weights))
    assert there.value == pytest.approx(back.value)
    assert -1e-12 <= there.value <= 1


def test_streets_with_nothing_in_common_lie_one_bit_apart() -> None:
    assert divergence(sure([1.0, 0.0]), sure([0.0, 1.0])).value == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("step", [0.0, 0.004, 0.03])
def test_the_truth_lies_in_most_intervals_and_noise_adds_nothing_on_average(step: float) -> None:
    p = np.array([0.4, 0.25, 0.15, 0.1, 0.06, 0.04])
    q = p + step * np.array([1, -1, 0, 0, 1, -1])
    truth = divergence(sure(p.tolist()), sure(q.tolist())).value
    chance = np.random.default_rng(4)
    found = [divergence(drawn(p, 20_000, chance), drawn(q, 20_000, chance)) for _ in range(400)]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert held >= 0.92
    spread = np.mean([one.spread for one in found])
    assert abs(np.mean([one.value for one in found]) - truth) < 0.3 * spread


def test_what_was_held_back_widens_the_interval() -> None:
    here = [Estimate(0.6, 0.0, 0.01), Estimate(0.4, 0.0)]
    assert divergence(here, sure([0.3, 0.7])).slack > 0


def test_no_cells_and_other_cells_are_refused() -> None:
    for pair in (([], []), (sure([1.0]), sure([0.5, 0.5]))):
        with pytest.raises(ValueError, match="same cells"):
            divergence(*pair)
