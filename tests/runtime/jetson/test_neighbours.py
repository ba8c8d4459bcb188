"""The distance search on the device against that of the CPU over the same bank, rounded to halves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.records import FloatArray, IntArray
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.runtime.jetson.bank import Deal, Span
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.neighbours import CAPACITY, JetsonNeighbours, bytes_read, most_queries
from tests.runtime.jetson.shim.driver import ShimDriver

Found = tuple[FloatArray, IntArray]
FEW = 128
"The least room for candidates."


def figures(seed: int, *shape: int) -> FloatArray:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def check(bank: FloatArray, queries: FloatArray, found: Found, k: int) -> None:
    """Distances of the definition over the rounded bank, and rows that are as far away as it says."""
    span, (distances, rows) = Span.of(bank), found
    rounded = span.halves(bank)[:, : bank.shape[1]].astype(np.float32)
    centred = ((queries - span.offset.astype(np.float64)) * span.scale).astype(np.float32)
    wanted, _ = CpuNeighbours(rounded).search(centred, k)
    np.testing.assert_allclose(distances * span.scale, wanted, rtol=1e-6)
    own = np.sqrt(((rounded[rows].astype(np.float64) - centred[:, None]) ** 2).sum(axis=2))
    np.testing.assert_allclose(own, wanted, rtol=1e-6)
    assert all(len(set(line)) == len(line) for line in rows.tolist())
    assert (np.diff(distances, axis=1) >= 0).all()


def check_exactly(bank: FloatArray, queries: FloatArray, found: Found, k: int) -> None:
    """The very rows and distances of the definition, for figures that need no rounding."""
    wanted, wanted_rows = CpuNeighbours(bank).search(queries, k)
    np.testing.assert_array_equal(found[1], wanted_rows)
    np.testing.assert_allclose(found[0], wanted, rtol=1e-6)


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.tuples(st.integers(1, 300), st.integers(0, 70), st.integers(0, 10)),
    st.integers(1, 64),
    st.sampled_from([1e-20, 1, 1e20]),
    st.sampled_from([0, 100]),
)
def test_the_search_finds_what_the_definition_finds(
    gpu: Gpu, seed: int, sizes: tuple[int, int, int], k: int, scale: float, mean: float
) -> None:
    count, length, asked = sizes
    bank, queries = (
        ((figures(seed + rows, rows, length) + mean) * scale).astype(np.float32) for rows in (count, asked)
    )
    found = JetsonNeighbours(gpu, bank, sample=100).search(queries, k)
    check(bank, queries, found, k)


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.tuples(st.integers(1, 400), st.integers(1, 5), st.integers(1, 9)),
    st.integers(1, 64),
    st.sampled_from([FEW, CAPACITY]),
)
def test_ties_go_to_the_first_rows(
    gpu: Gpu, seed: int, sizes: tuple[int, int, int], k: int, capacity: int
) -> None:
    count, length, asked = sizes
    rng = np.random.default_rng(seed)
    bank, queries = (rng.integers(-3, 4, (rows, length)).astype(np.float32) for rows in (count, asked))
    found = JetsonNeighbours(gpu, bank, sample=32, capacity=capacity).search(queries, k)
    check_exactly(bank, queries, found, k)


@pytest.mark.parametrize("k", [1, 64])
@pytest.mark.parametrize("capacity", [FEW, CAPACITY])
def test_rows_that_are_all_alike_come_in_their_order(gpu: Gpu, k: int, capacity: int) -> None:
    bank = np.full((2000, 3), 5, np.float32)
    queries = np.array([[5, 5, 5], [5, 5, 6]], np.float32)
    distances, rows = JetsonNeighbours(gpu, bank, capacity=capacity, sample=100).search(queries, k)
    assert rows.tolist() == [list(range(k))] * 2
    assert distances.tolist() == [[0] * k, [1] * k]


def test_candidates_that_found_no_room_are_searched_for_again(gpu: Gpu, driver: ShimDriver) -> None:
    bank = figures(0, 2048, 33)
    bank[Deal.of(2048).numbers(0, 256)] += 100  # what the sample sees is far from all others
    search = JetsonNeighbours(gpu, bank, sample=200, capacity=FEW)
    before = driver.launched.count("neighbours_settle")
    queries = figures(1, 3, 33)
    check(bank, queries, search.search(queries, 7), 7)
    assert 2 < driver.launched.count("neighbours_settle") - before < 2048 / (FEW - 39)


def test_the_best_candidates_are_found_wherever_they_wait(gpu: Gpu) -> None:
    # In the order in which the threads of a block take them the best all fall to a few threads.
    bank, query = figures(0, 2048, 32), figures(1, 1, 32)
    search = JetsonNeighbours(gpu, bank, sample=2048)
    search.search(query, 64)
    away = ((bank - query) ** 2).sum(axis=1)
    # Scores above zero keep their order as words with the highest bit set.
    words = away.view(np.uint32).astype(np.uint64) | np.uint64(1 << 31)
    keys = np.sort(words << np.uint64(32) | np.arange(2048, dtype=np.uint64)).reshape(256, 8).T.ravel()
    gpu.fill(search._arrays["candidates"], np.tile(keys, (64, 1)))
    gpu.fill(search._arrays["counts"], np.full(64, 2048, np.int32))
    search._settle(1, 64)
    assert search._answers(1, 64)[0, 64:128].tolist() == np.argsort(away)[:64].tolist()


@pytest.mark.parametrize("order", [1, -1])
def test_a_sorted_bank_needs_no_second_pass(gpu: Gpu, driver: ShimDriver, order: int) -> None:
    bank = figures(0, 5000, 40)
    query = figures(1, 1, 40)
    bank = bank[np.argsort(order * ((bank - query) ** 2).sum(axis=1))]
    search = JetsonNeighbours(gpu, bank, sample=500, capacity=1500)
    before = driver.launched.count("neighbours_settle")
    check(bank, query, search.search(query, 5), 5)
    assert driver.launched.count("neighbours_settle") - before == 1


def test_a_wide_bank_is_searched_by_tensor_cores_in_full(gpu: Gpu) -> None:
    bank, queries = figures(0, 2000, 256), figures(1, 3, 256)
    search = JetsonNeighbours(gpu, bank, sample=300)
    for k in (1, 64):
        found = search.search(queries, k)
        check(bank, queries, found, k)
        exact, rows = CpuNeighbours(bank).search(queries, k)
        np.testing.assert_allclose(found[0], exact, rtol=2**-11)
        assert np.mean(rows == found[1]) > 0.9


@pytest.mark.parametrize(("asked", "length"), [(17, 9), (70, 40), (64, 256), (20, 1024), (9, 2048)])
def test_many_queries_and_long_rows_take_several_launches(gpu: Gpu, asked: int, length: int) -> None:
    bank, queries = figures(0, 150, length), figures(1, asked, length)
    check(bank, queries, JetsonNeighbours(gpu, bank, sample=48).search(queries, 6), 6)


@pytest.mark.parametrize("far", [1e3, 1e7, 1e12])
def test_queries_far_off_are_as_far_as_they_are(gpu: Gpu, far: float) -> None:
    bank, queries = figures(0, 1500, 20), (far * figures(1, 2, 20)).astype(np.float32)
    found = JetsonNeighbours(gpu, bank, sample=100).search(queries, 64)
    check(bank, queries, found, 64)
    # Rows as far as the definition's to the last bit of a float: their order along the query tells right from wrong.
    along = -(bank @ queries.T / far).T
    assert np.take_along_axis(along, found[1], axis=1).max() < np.quantile(along, 0.1)


def test_rows_that_only_the_whole_query_tells_apart_are_told_apart(gpu: Gpu) -> None:
    near, far = 64 + np.eye(30, dtype=np.float32), -64 + figures(0, 300, 30)
    fine = np.random.default_rng(1).permutation(30) / 1000  # a half near 64 has steps of 1/16
    queries = (64 + fine[None]).astype(np.float32)
    bank = np.concatenate([far, near])
    distances, rows = JetsonNeighbours(gpu, bank).search(queries, 5)
    assert rows.tolist() == [(300 + np.argsort(-fine)[:5]).tolist()]
    np.testing.assert_allclose(distances, CpuNeighbours(bank).search(queries, 5)[0], rtol=1e-6)


def test_a_bank_far_from_the_origin_is_no_coarser(gpu: Gpu) -> None:
    bank, queries = figures(0, 1000, 50), figures(1, 4, 50)
    near, _ = CpuNeighbours(bank).search(queries, 3)
    distances, _ = JetsonNeighbours(gpu, bank + 100).search(queries + 100, 3)
    np.testing.assert_allclose(distances, near, rtol=2**-11)


def test_in_a_crowd_far_from_the_mean_rows_are_as_near_as_rounding_tells(gpu: Gpu) -> None:
    bank, queries = figures(0, 1500, 40), figures(1, 4, 40) + 500
    bank[::2] += 500
    distances, rows = JetsonNeighbours(gpu, bank).search(queries, 64)
    moved = np.linalg.norm(queries - bank.mean(axis=0), axis=1).max() * 2**-11
    np.testing.assert_allclose(distances, CpuNeighbours(bank).search(queries, 64)[0], atol=2 * moved)
    assert (rows % 2 == 0).all()


def test_a_row_of_the_bank_is_its_own_neighbour(gpu: Gpu) -> None:
    bank = figures(0, 200, 30) + 100
    distances, rows = JetsonNeighbours(gpu, bank).search(bank, 1)
    assert rows[:, 0].tolist() == list(range(200))
    assert distances.max() < 30**0.5 * 2**-10


def test_more_neighbours_than_rows_are_all_rows(gpu: Gpu) -> None:
    distances, rows = JetsonNeighbours(gpu, np.eye(3, dtype=np.float32)).search(
        np.zeros((2, 3), np.float32), 9
    )
    assert distances.shape == rows.shape == (2, 3)
    assert rows.tolist() == [[0, 1, 2]] * 2


def test_no_queries_and_no_rows_have_no_neighbours(gpu: Gpu) -> None:
    some = JetsonNeighbours(gpu, np.ones((4, 2), np.float32))
    assert [array.shape for array in some.search(np.zeros((0, 2), np.float32), 3)] == [(0, 3)] * 2
    none = JetsonNeighbours(gpu, np.zeros((0, 2), np.float32))
    assert [array.shape for array in none.search(np.zeros((5, 2), np.float32), 3)] == [(5, 0)] * 2
    assert [array.dtype for array in some.search(np.zeros((1, 2), np.float32), 1)] == [np.float32, np.int64]


@pytest.mark.parametrize(
    ("k", "complaint"), [(0, "at least 1 neighbour"), (-1, "at least 1"), (65, "at most 64 neighbours")]
)
def test_a_search_for_nobody_or_too_many_is_refused(gpu: Gpu, k: int, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        JetsonNeighbours(gpu, np.ones((4, 2), np.float32)).search(np.zeros((1, 2), np.float32), k)


@pytest.mark.parametrize("shape", [(1, 3), (2,), (1, 2, 1)])
def test_queries_of_another_length_are_refused(gpu: Gpu, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="queries has shape"):
        JetsonNeighbours(gpu, np.ones((4, 2), np.float32)).search(np.zeros(shape, np.float32), 1)


def test_a_bank_that_is_no_matrix_or_too_wide_is_refused(gpu: Gpu) -> None:
    with pytest.raises(ValueError, match="bank has shape"):
        JetsonNeighbours(gpu, np.ones(4, np.float32))
    with pytest.raises(ValueError, match="at most 2048"):
        JetsonNeighbours(gpu, np.ones((1, 2049), np.float32))


def test_a_bank_that_does_not_fit_is_refused_before_memory_is_taken(gpu: Gpu) -> None:
    bank = np.zeros((3000, 100), np.float32)
    with pytest.raises(BoothError, match=r"3000 x 100 takes \d+ MB .* 1 MB are free; .* a smaller bank"):
        JetsonNeighbours(gpu, bank, free_mb=1)
    assert gpu.held_mb == 0
    JetsonNeighbours(gpu, bank, free_mb=10)
    assert 0 < gpu.held_mb <= 10


def test_only_queries_go_in_and_only_answers_come_out(gpu: Gpu) -> None:
    search = JetsonNeighbours(gpu, figures(0, 500, 40), sample=100)
    held_mb = gpu.held_mb
    for _ in range(3):
        went_in, came_out = gpu.copies.figures_in, gpu.copies.figures_out
        search.search(figures(1, 5, 40), 7)
        assert gpu.copies.figures_in - went_in == 5 * (64 + 1) * 4
        assert gpu.copies.figures_out - came_out == 5 * (2 * 7 + 1) * 4
    assert gpu.copies.pixels_in == 0
    assert gpu.held_mb == held_mb


def test_the_same_question_has_the_same_answer(gpu: Gpu) -> None:
    bank, queries = figures(0, 800, 40).round(1), figures(1, 6, 40).round(1)
    search = JetsonNeighbours(gpu, bank, sample=100)
    answers = [search.search(queries, 20) for _ in range(3)]  # launched one by one, then as a recorded graph
    alone = [search.search(query[None], 20) for query in queries]
    smaller = JetsonNeighbours(gpu, bank, sample=60, capacity=FEW).search(queries, 20)
    together = tuple(np.concatenate(parts) for parts in zip(*alone, strict=True))
    for other in (*answers[1:], together, smaller):
        np.testing.assert_array_equal(answers[0][0], other[0])
        np.testing.assert_array_equal(answers[0][1], other[1])


@pytest.mark.parametrize(
    ("length", "queries"), [(32, 64), (256, 64), (288, 32), (512, 32), (1024, 16), (2048, 8)]
)
def test_a_block_holds_the_queries_of_a_launch(length: int, queries: int) -> None:
    assert most_queries(length) == queries


@pytest.mark.parametrize(("queries", "passes"), [(0, 0), (1, 1), (64, 1), (65, 2)])
def test_a_search_reads_the_bank_once_per_launch(queries: int, passes: int) -> None:
    once = 50_000 * (256 * 2 + 4)
    assert math.isclose(bytes_read(50_000, 256, queries, 8), passes * once, rel_tol=0.06)
    assert bytes_read(3, 256, queries, 8) == passes * 3 * 516 + queries * 3 * 512


def test_a_bank_that_nobody_searches_any_more_frees_its_graphs(gpu: Gpu, driver: ShimDriver) -> None:
    before, bank = driver.graphs, np.eye(40, 32, dtype=np.float32)
    neighbours = JetsonNeighbours(gpu, bank)
    for count in (1, 2, 3):
        neighbours.search(bank[:count], 1)
    assert driver.graphs == before + 3
    del neighbours
    assert driver.graphs == before
