"""Novelty, diversity, risers and fallers: their intervals cover the truth, and a quiet street has no news."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.uplink.trends.history import LEAST_DAYS, Day, Usual, usual_before
from appliance.uplink.trends.indices import again, divergence, diversity, effective, noise, novelty, shares
from appliance.uplink.trends.movers import movers_of
from appliance.uplink.trends.noise import Noisy
from appliance.uplink.trends.tables import all_tables
from tests.uplink.trends.builders import DAY, noisy

SCALE = 6.25
STREET = np.array([24, 19, 11, 5, 3, 8, 9, 7, 2, 1.2, 4, 7, 2, 1, 0.5])
CHANGED = np.array([20, 15, 11, 5, 3, 8, 9, 15, 2, 1.2, 4, 7, 2, 1, 0.5])
ROUNDS = 100


def day_of(
    rng: np.random.Generator, weights: NDArray[np.float64], passages: int, days: int = 1
) -> tuple[int, ...]:
    drawn = rng.multinomial(passages * days, weights / weights.sum()) + noise(rng, SCALE, days, weights.shape)
    return tuple(int(count) for count in drawn)


@pytest.mark.parametrize("passages", [300, 3000])
@pytest.mark.parametrize("now", [STREET, CHANGED], ids=["as ever", "changed"])
def test_the_interval_of_novelty_covers_what_the_street_did(now: NDArray[np.float64], passages: int) -> None:
    rng = np.random.default_rng(5)
    truth = float(divergence(now, STREET))
    covered = 0
    for _ in range(ROUNDS):
        index = novelty(day_of(rng, now, passages), day_of(rng, STREET, passages, 28), 28, SCALE)
        assert 0 <= index.low <= index.high <= 1
        covered += index.low <= truth <= index.high
    assert covered >= 0.88 * ROUNDS


def test_novelty_of_a_street_that_is_as_ever_is_next_to_nothing_and_rises_with_change() -> None:
    rng = np.random.default_rng(6)
    quiet = [novelty(day_of(rng, STREET, 3000), day_of(rng, STREET, 3000, 28), 28, SCALE) for _ in range(20)]
    loud = [novelty(day_of(rng, CHANGED, 3000), day_of(rng, STREET, 3000, 28), 28, SCALE) for _ in range(20)]
    assert np.mean([index.value for index in quiet]) < 0.1 * np.mean([index.value for index in loud])
    assert sum(index.low > 0 for index in loud) >= 18


@pytest.mark.parametrize("passages", [300, 3000])
def test_the_interval_of_diversity_covers_the_streets(passages: int) -> None:
    rng = np.random.default_rng(7)
    truth = float(effective(STREET))
    found = [diversity(day_of(rng, STREET, passages), SCALE, passages) for _ in range(ROUNDS)]
    assert sum(index.low <= truth <= index.high for index in found) >= 0.88 * ROUNDS
    assert np.mean([index.value for index in found]) == pytest.approx(truth, rel=0.06)


def test_one_style_alone_is_one_and_all_alike_are_all() -> None:
    assert float(effective(np.array([900.0, 0, 0]))) == 1
    assert float(effective(np.array([300.0, 300, 300]))) == pytest.approx(3)
    assert float(divergence(np.array([1.0, 0]), np.array([0.0, 1]))) == pytest.approx(1)


def test_counts_that_noise_has_put_below_zero_count_as_none() -> None:
    assert shares(np.array([-5.0, 10, 10])).tolist() == [0, 0.5, 0.5]
    assert shares(np.array([-5.0, -1])).tolist() == [0.5, 0.5]
    assert again(np.random.default_rng(1), np.array([-5.0, -1]), SCALE).shape == (999, 2)
    index = novelty((-3, -2, 0), (0, 0, 0), 7, SCALE)
    assert 0 <= index.low <= index.value <= index.high <= 1


def quiet_year(rng: np.random.Generator, red: float, passages: int = 3000) -> Noisy:
    """A noisy day whose red upper parts have that share; all else is a street's."""
    counts = {}
    for table in all_tables():
        weights: NDArray[np.float64] = np.ones(len(table.labels))
        if table.name == "upper-colour":
            weights[table.labels.index("red")] = red * (len(weights) - 1) / (1 - red)
        counts[table.name] = day_of(rng, weights, passages)
    return Noisy(passages + int(noise(rng, 5.0, 1, (1,))[0]), counts)


def usual_of(rng: np.random.Generator, red: float, days: int = 28) -> Usual:
    known = [Day(DAY - timedelta(days=n + 1), "basis", quiet_year(rng, red)) for n in range(days)]
    usual = usual_before(known, DAY, "basis")
    assert usual is not None
    return usual


def test_a_colour_that_rises_is_told_with_its_sign_and_nothing_else_moves() -> None:
    rng = np.random.default_rng(8)
    usual = usual_of(rng, 0.05)
    for red, sign in ((0.09, 1), (0.028, -1)):
        today = quiet_year(rng, red)
        moved = movers_of(today, usual, 1.0)
        assert moved[0].label == "red"
        assert moved[0].change * sign > 0
        assert moved[0].low < red - 0.05 < moved[0].high


def test_a_quiet_street_has_no_movers_on_nineteen_days_of_twenty() -> None:
    rng = np.random.default_rng(9)
    usual = usual_of(rng, 0.05)
    days = [quiet_year(rng, 0.05) for _ in range(100)]
    assert sum(bool(movers_of(day, usual, 1.0)) for day in days) <= 10


def test_what_hardly_anybody_wore_before_counts_as_twenty_in_all() -> None:
    """So that share less change never tells of fewer than a cell must have."""
    today = noisy(3000, {"upper-colour": {3: 600}})
    for before in (-40, 0, 7, 19):
        usual = Usual(7, 21_000, noisy(0, {"upper-colour": {3: before}}).counts)
        mover = next(one for one in movers_of(today, usual, 1.0) if one.table == "upper-colour")
        assert mover.change == pytest.approx(0.2 - 20 / 21_000)


def test_days_of_other_engines_too_old_ones_and_too_few_do_not_compare() -> None:
    def days(count: int, basis: str = "basis", back: int = 1) -> list[Day]:
        return [Day(DAY - timedelta(days=n + back), basis, noisy(300)) for n in range(count)]

    assert usual_before(days(LEAST_DAYS - 1), DAY, "basis") is None
    assert usual_before(days(28, "other"), DAY, "basis") is None
    assert usual_before(days(28, back=29), DAY, "basis") is None
    assert usual_before([*days(3), *days(9, back=0)], DAY, "basis") is not None
    found = usual_before(days(40), DAY, "basis")
    assert found is not None
    assert (found.days, found.passages) == (28, 28 * 300)
