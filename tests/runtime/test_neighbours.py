"""The distance search against its plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.records import FloatArray, IntArray
from appliance.runtime.cpu.neighbours import CpuNeighbours

FIGURES = st.floats(-100, 100, width=32)
WHOLE = st.integers(-3, 3).map(float)


def naive(bank: FloatArray, queries: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
    """Sort all rows by distance, then by row number."""
    away = np.sqrt(((queries[:, None].astype(np.float64) - bank[None]) ** 2).sum(axis=2))
    rows = np.array([sorted(range(len(bank)), key=lambda i: (line[i], i))[:k] for line in away], np.int64)
    rows = rows.reshape(len(queries), min(k, len(bank)))
    return np.take_along_axis(away, rows, axis=1).astype(np.float32), rows


@given(st.data(), st.integers(1, 12), st.integers(0, 4), st.integers(1, 5), st.integers(1, 15))
def test_the_search_finds_what_the_definition_finds(
    data: st.DataObject, count: int, asked: int, length: int, k: int
) -> None:
    elements = data.draw(st.sampled_from([FIGURES, WHOLE]))
    bank = data.draw(arrays.arrays(np.float32, (count, length), elements=elements))
    queries = data.draw(arrays.arrays(np.float32, (asked, length), elements=elements))
    distances, rows = CpuNeighbours(bank).search(queries, k)
    wanted, wanted_rows = naive(bank, queries, k)
    np.testing.assert_array_equal(rows, wanted_rows)
    np.testing.assert_allclose(distances, wanted, rtol=1e-6, atol=1e-6)


def test_ties_go_to_the_first_row() -> None:
    bank = np.array([[5, 0], [1, 0], [0, 1], [-1, 0], [1, 0]], np.float32)
    distances, rows = CpuNeighbours(bank).search(np.zeros((1, 2), np.float32), 3)
    assert rows.tolist() == [[1, 2, 3]]
    assert distances.tolist() == [[1, 1, 1]]


def test_a_row_of_the_bank_is_at_no_distance_from_itself() -> None:
    bank = np.random.default_rng(0).normal(100, 1, (50, 30)).astype(np.float32)
    distances, rows = CpuNeighbours(bank).search(bank, 1)
    assert rows[:, 0].tolist() == list(range(50))
    assert (distances == 0).all()


def test_more_neighbours_than_rows_are_all_rows() -> None:
    distances, rows = CpuNeighbours(np.eye(3, dtype=np.float32)).search(np.zeros((2, 3), np.float32), 9)
    assert distances.shape == rows.shape == (2, 3)
    assert rows.tolist() == [[0, 1, 2]] * 2


def test_no_queries_and_no_rows_have_no_neighbours() -> None:
    some = CpuNeighbours(np.ones((4, 2), np.float32))
    assert [array.shape for array in some.search(np.zeros((0, 2), np.float32), 3)] == [(0, 3)] * 2
    none = CpuNeighbours(np.zeros((0, 2), np.float32))
    assert [array.shape for array in none.search(np.zeros((5, 2), np.float32), 3)] == [(5, 0)] * 2
    assert [array.dtype for array in some.search(np.zeros((1, 2), np.float32), 1)] == [np.float32, np.int64]


@pytest.mark.parametrize("k", [0, -1])
def test_a_search_for_nobody_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="at least 1 neighbour"):
        CpuNeighbours(np.ones((4, 2), np.float32)).search(np.zeros((1, 2), np.float32), k)


@pytest.mark.parametrize("shape", [(1, 3), (2,), (1, 2, 1)])
def test_queries_of_another_length_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="queries has shape"):
        CpuNeighbours(np.ones((4, 2), np.float32)).search(np.zeros(shape, np.float32), 1)


def test_a_bank_that_is_no_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="bank has shape"):
        CpuNeighbours(np.ones(4, np.float32))
