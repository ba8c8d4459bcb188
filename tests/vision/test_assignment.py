from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.vision.assignment import best_pairs


def best_total(table: NDArray[np.float64], floor: float) -> float:
    """By trying everything."""
    worth = np.where(table >= floor, table, 0.0)
    if worth.shape[0] > worth.shape[1]:
        worth = worth.T
    rows, columns = worth.shape
    return max(
        (sum(worth[i, j] for i, j in enumerate(chosen)) for chosen in permutations(range(columns), rows)),
        default=0.0,
    )


tables = st.tuples(st.integers(0, 5), st.integers(0, 5)).flatmap(
    lambda shape: st.lists(
        st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0]), min_size=shape[0] * shape[1],
        max_size=shape[0] * shape[1],
    ).map(lambda cells: np.array(cells, np.float64).reshape(shape))
)  # fmt: skip


@given(tables, st.sampled_from([0.05, 0.3, 0.6]))
def test_no_other_pairs_are_worth_more(table: NDArray[np.float64], floor: float) -> None:
    pairs = best_pairs(table, floor)
    assert sum(table[pair] for pair in pairs) == pytest.approx(best_total(table, floor))


@given(tables, st.sampled_from([0.05, 0.3, 0.6]))
def test_each_row_and_column_is_used_once_and_no_pair_is_below_the_floor(
    table: NDArray[np.float64], floor: float
) -> None:
    pairs = best_pairs(table, floor)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(table[pair] >= floor for pair in pairs)
    assert pairs == sorted(pairs)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nobody_or_nothing_makes_no_pairs(shape: tuple[int, int]) -> None:
    assert best_pairs(np.zeros(shape), 0.1) == []


def test_the_greedy_pair_is_given_up_for_two_better_ones() -> None:
    assert best_pairs(np.array([[0.9, 0.8], [0.8, 0.0]]), 0.1) == [(0, 1), (1, 0)]
