"""Boxes on the device are those of the definition, in its order: ties, nonsense, crowds, nobody."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.records import FloatArray
from appliance.runtime.cpu.boxes import CpuBoxOps
from appliance.runtime.jetson.boxes import FEW, MOST, JetsonBoxOps
from appliance.runtime.jetson.gpu import Gpu
from tests.overlaps import scored_boxes
from tests.streets import boxes

FLOOR, OVERLAP = 0.3, 0.5
SIZE = (640, 480)
SURE = np.array([0.9, 0.8], np.float32)
TIED = st.sampled_from([0.0, -0.0, 0.1, 0.3, 0.31, 0.5, 0.9, 1.0, float("nan"), float("inf")])
EDGE = st.sampled_from([0, 1, 2.5, 40, 41, 100, 639.5, 640, 900, -50, np.nan, np.inf, -np.inf, 2e38])
Found = tuple[FloatArray, FloatArray]


def both(
    gpu: Gpu,
    rows: FloatArray,
    scores: FloatArray,
    scale: float = 1.0,
    floor: float = FLOOR,
    overlap: float = OVERLAP,
) -> tuple[Found, Found]:
    """What the device and the definition find among boxes (N, 4) and scores (N,)."""
    rules = (scale, SIZE, floor, overlap)
    on_device = JetsonBoxOps(gpu).strongest(gpu.put(rows[None]), gpu.put(scores[None]), *rules)
    return on_device, CpuBoxOps().strongest(rows[None], scores[None], *rules)


def assert_same(on_device: Found, wanted: Found) -> None:
    for one, other in zip(on_device, wanted, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


def apart(count: int) -> FloatArray:
    """Boxes (count, 4) of 8x8 pixels in rows of 64, none of which touch."""
    low = np.stack([np.arange(count) % 64 * 10, np.arange(count) // 64 * 10], axis=1)
    placed: FloatArray = np.concatenate([low, low + 8], axis=1).astype(np.float32)
    return placed


def crowd(rng: np.random.Generator, people: int, cells: int, others: int) -> Found:
    """Boxes and scores of some people, each seen by several cells, among many weak ones."""
    low = rng.uniform(0, 400, (people, 2))
    alone = np.concatenate([low, low + rng.uniform(20, 160, (people, 2))], axis=1)
    seen = np.repeat(alone, cells, axis=0) + rng.normal(0, 6, (people * cells, 4))
    rows = np.concatenate([seen, rng.uniform(0, 640, (others, 4))]).astype(np.float32)
    scores = np.concatenate([rng.uniform(0.2, 1, len(seen)), rng.uniform(0, 0.3, others)])
    mixed = rng.permutation(len(rows))
    return rows[mixed], scores.round(2).astype(np.float32)[mixed]


@given(
    scored_boxes(),
    st.floats(0.25, 4),
    st.sampled_from([0.0, 0.3, 1 / 3]),
    st.sampled_from([0, 0.1, 0.5, 0.6, 1]),
)
def test_boxes_are_those_of_the_definition(
    gpu: Gpu, given_boxes: Found, scale: float, floor: float, overlap: float
) -> None:
    assert_same(*both(gpu, *given_boxes, scale, floor, overlap))


@given(st.data(), st.integers(0, 40), st.sampled_from([-1.0, 0.0, FLOOR]))
def test_ties_and_nonsense_are_judged_alike(gpu: Gpu, data: st.DataObject, count: int, floor: float) -> None:
    rows = data.draw(arrays.arrays(np.float32, (count, 4), elements=EDGE))
    scores = data.draw(arrays.arrays(np.float32, count, elements=TIED))
    assert_same(*both(gpu, rows, scores, 1.5, floor))


def test_nothing_and_minus_nothing_are_a_tie(gpu: Gpu) -> None:
    found, wanted = both(gpu, apart(5), np.array([-0.5, -0.0, 0.0, -0.0, -0.1], np.float32), floor=-1)
    np.testing.assert_array_equal(found[0], apart(5)[[1, 2, 3, 4, 0]])
    assert_same(found, wanted)


@settings(max_examples=5)
@given(st.integers(0, 99))
def test_a_network_full_of_doubles_gives_one_box_each(gpu: Gpu, seed: int) -> None:
    rows, scores = crowd(np.random.default_rng(seed), 12, 25, 5100 - 12 * 25)
    found, wanted = both(gpu, rows, scores)
    assert len(wanted[0]) < 100
    assert_same(found, wanted)


@pytest.mark.parametrize(("right", "overlap"), [(5, 0.5), (6, 0.6), (7, 0.7), (1, 0.1)])
def test_an_overlap_of_just_the_limit_stays(gpu: Gpu, right: float, overlap: float) -> None:
    rows = boxes((0, 0, 10, 10), (0, 0, right, 10))
    found, wanted = both(gpu, rows, np.array([0.9, 0.8], np.float32), overlap=overlap)
    assert len(found[0]) == 2
    assert_same(found, wanted)


@pytest.mark.parametrize(("right", "overlap"), [(5, 0.5), (6, 0.6), (7, 0.7)])
def test_a_hair_beyond_the_limit_is_told_from_one_below(gpu: Gpu, right: float, overlap: float) -> None:
    near = np.float32(right) + np.spacing(np.float32(right)) * np.array([-200, -3, -1, 0, 1, 3, 200])
    found = [both(gpu, boxes((0, 0, 10, 10), (0, 0, edge, 10)), SURE, overlap=overlap) for edge in near]
    assert [len(kept) for (kept, _), _ in found] == [2, 2, 2, 2, 1, 1, 1]
    for one in found:
        assert_same(*one)


def test_a_box_must_be_a_whole_pixel_however_near_it_comes(gpu: Gpu) -> None:
    almost = np.nextafter(np.float32(1), np.float32(0))
    rows = boxes((0, 0, 1, 1), (1e-9, 20, 1, 22), (20, 1e-9, 22, 1), (0, 40, almost, 41), (300, 0, 301, 1))
    found, wanted = both(gpu, rows, np.full(5, 0.9, np.float32))
    np.testing.assert_array_equal(found[0], rows[[0, 4]])
    assert_same(found, wanted)


def test_a_thousand_boxes_of_one_person_are_one(gpu: Gpu) -> None:
    rows = np.tile(boxes((10, 10, 60, 200)), (1000, 1))
    found, wanted = both(gpu, rows, np.full(1000, 0.5, np.float32))
    assert len(found[0]) == 1
    assert_same(found, wanted)


@pytest.mark.parametrize("count", [FEW - 1, FEW, FEW + 1, MOST])
def test_all_who_stand_apart_stay(gpu: Gpu, count: int) -> None:
    scores = np.random.default_rng(count).uniform(0.4, 1, count).round(2).astype(np.float32)
    found, wanted = both(gpu, apart(count), scores)
    assert len(found[0]) == count
    assert_same(found, wanted)


@pytest.mark.parametrize("count", [MOST + 1, 2 * MOST, 2500])
def test_of_more_than_the_most_the_best_are_looked_at(gpu: Gpu, count: int) -> None:
    scores = np.random.default_rng(count).uniform(0.4, 1, count).round(2).astype(np.float32)
    best = np.argsort(-scores, kind="stable")[:MOST]
    found, _ = both(gpu, apart(count), scores, scale=0.9)
    wanted = CpuBoxOps().strongest(apart(count)[None, best], scores[None, best], 0.9, SIZE, FLOOR, OVERLAP)
    assert len(found[0]) == MOST
    assert_same(found, wanted)


def test_the_same_boxes_are_found_again(gpu: Gpu) -> None:
    rows, scores = crowd(np.random.default_rng(0), 60, 30, 100)
    first, second = (both(gpu, rows, scores)[0] for _ in range(2))
    assert_same(first, second)


def test_a_street_costs_one_small_copy(gpu: Gpu) -> None:
    found, _ = both(gpu, *crowd(np.random.default_rng(0), 8, 10, 400))
    assert len(found[0]) > 0
    assert gpu.copies.figures_out == (1 + FEW) * 5 * 4


def test_no_cells_are_no_people(gpu: Gpu) -> None:
    found, wanted = both(gpu, boxes(), np.zeros(0, np.float32))
    assert found[0].shape == (0, 4)
    assert_same(found, wanted)
