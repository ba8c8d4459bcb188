"""Faded counts of distances: quantiles as of the passages themselves, kept in cells of ten and more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.artifacts import LEVELS, MIN_SUPPORTERS, Cells
from appliance.vision.novelty import tail_share
from calibration.prototypes import Figures
from calibration.sketch import MOST_CELLS, Sketch, sketch_of, tail_of, together


def counted(distances: Figures) -> Sketch:
    sketch = Sketch()
    sketch.add(distances)
    return sketch


def gamma(seed: int, count: int) -> Figures:
    return np.random.default_rng(seed).gamma(9, 0.1, count)


@given(st.lists(st.floats(0, 1e9), min_size=10, max_size=300))
def test_every_cell_holds_ten_passages_and_none_is_lost(distances: list[float]) -> None:
    cells = counted(np.array(distances)).cells()
    assert cells.passages.min() >= MIN_SUPPORTERS
    assert cells.passages.sum() == pytest.approx(len(distances))
    assert len(cells.lows) <= MOST_CELLS
    assert np.isfinite(tail_of(cells).deciles).all()


@pytest.mark.parametrize("count", range(MIN_SUPPORTERS))
def test_fewer_than_ten_passages_have_no_cells(count: int) -> None:
    sketch = counted(gamma(0, count))
    assert not sketch.enough()
    with pytest.raises(ValueError, match="fewer than 10 passages"):
        sketch.cells()


def test_nobody_changes_nothing() -> None:
    sketch = counted(gamma(0, 20))
    before = sketch.cells()
    sketch.add(np.zeros(0))
    np.testing.assert_array_equal(sketch.cells().weights, before.weights)


@pytest.mark.parametrize("count", [40, 200, 5000])
def test_the_tail_is_that_of_the_passages(count: int) -> None:
    distances = gamma(1, count)
    tail = counted(distances).tail()
    # Even within a cell of ten: no finer than that.
    np.testing.assert_allclose(tail.deciles[1:], np.quantile(distances, LEVELS[1:]), rtol=4 / np.sqrt(count))
    assert tail.count == pytest.approx(count / 10)


@pytest.mark.parametrize("count", [10, 15, 30, 100])
def test_a_young_street_calls_few_people_rare(count: int) -> None:
    shares = [
        (tail_share(gamma(seed + 1000, 300), counted(gamma(seed, count)).tail()) <= 0.05).mean()
        for seed in range(30)
    ]
    assert 0.01 < np.mean(shares) < 0.09


def test_later_passages_count_more() -> None:
    sketch = counted(np.full(50, 9.0))
    for _ in range(50):
        sketch.add(np.ones(1))
    # One in a hundred each, by their number: 51 to 100 against fifty times 50.
    assert sketch.counts.max() / sketch.counts.sum() == pytest.approx(3775 / (3775 + 2500))
    assert 60 < sketch.tail().count * 10 < 95


def test_time_makes_all_fade_and_changes_no_share() -> None:
    sketch = counted(gamma(2, 100))
    before = sketch.tail()
    sketch.fade(0.5)
    assert sketch.weight == pytest.approx(50)
    np.testing.assert_allclose(sketch.tail().deciles, before.deciles)
    for distance in 4 + gamma(3, 100):
        sketch.add(np.array([distance]))
    # Half as heavy as the newcomers and earlier: hardly anything is left.
    assert sketch.tail().deciles[4] > 4


@given(st.integers(0, 1000), st.integers(10, 400))
def test_stored_cells_go_on_as_the_same_street(seed: int, count: int) -> None:
    first = counted(gamma(seed, count))
    again = sketch_of(first.cells())
    assert again.counts.sum() == pytest.approx(first.counts.sum())
    assert again.passages.sum() == pytest.approx(count)
    np.testing.assert_allclose(again.tail().deciles[1:], first.tail().deciles[1:], rtol=0.12)
    assert again.tail().count == pytest.approx(first.tail().count)


def test_two_streets_together_hold_both() -> None:
    both = together(counted(np.full(30, 1.0)), counted(np.full(30, 3.0)))
    assert both.passages.sum() == 60
    assert both.tail().deciles[3] == pytest.approx(1, rel=0.02)
    assert both.tail().deciles[8] == pytest.approx(3, rel=0.07)


def test_distances_all_alike_have_a_slope() -> None:
    assert counted(np.ones(40)).tail().excess > 0


@pytest.mark.parametrize(
    "change",
    [
        {"passages": [9.0, 12.0]},
        {"weights": [np.nan, 1.0]},
        {"weights": [0.0, 0.0]},
        {"lows": [2.0, 1.0]},
        {"means": [1.0]},
        {"squares": 0.0},
    ],
)
def test_cells_that_cannot_be_are_refused_at_birth(change: dict[str, list[float] | float]) -> None:
    good = {"lows": [1.0, 2.0], "weights": [5.0, 6.0], "passages": [10.0, 12.0], "means": [1.5, 3.0]}
    figures = {**good, "weight": 22.0, "squares": 20.0, **change}
    arrays = {key: np.array(value) if isinstance(value, list) else value for key, value in figures.items()}
    with pytest.raises(ValueError, match=r"cell|shape"):
        Cells(**arrays)  # type: ignore[arg-type]
