"""Bodies on the device have the masks and counts of the definition: parts, sizes, nonsense, nobody."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.app import Eyes
from appliance.records import FloatArray, IntArray, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps, person_of
from appliance.runtime.jetson.bodies import JetsonBodyOps
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.skeletons import BODY
from appliance.runtime.seam import BodyCounts, BodyOps
from appliance.vision.garments import GarmentCutter
from appliance.vision.stopwatch import Stopwatch
from tests.bodies import BOX, silhouette_of
from tests.runtime.jetson.dressing import POINTS, Call, all_of, assert_same, fitted, on_device, one_body
from tests.runtime.jetson.shim.driver import ShimDriver
from tests.streets import frame

SHAPES = st.tuples(st.integers(1, 70), st.integers(1, 70))


def headless() -> FloatArray:
    """Points (33, 2) of somebody whose head is far above any view, so that the whole person is clothes."""
    points = POINTS.copy()
    points[:, 1] -= 1000
    return points


def spiral(size: int) -> MaskArray:
    """One part that winds inwards, a pixel wide, with gaps as wide."""
    mask = np.zeros((size, size), np.bool_)
    at, way, free = np.array([0, 0]), np.array([0, 1]), size - 1
    mask[0, 0] = True
    for turn in range(size):
        for _ in range(free):
            at = at + way
            mask[tuple(at)] = True
        way = np.array([way[1], -way[0]])
        free -= 2 if turn >= 2 and turn % 2 == 0 else 0
        if free <= 1:
            break
    return mask


def hard_masks() -> dict[str, MaskArray]:
    """Masks whose parts are hard to find: they meet late, wind, interlock, or are many and alike."""
    rows, columns = np.mgrid[:61, :67]
    board = (rows + columns) % 2 == 0
    comb = (columns % 2 == 0) | (rows == 60)
    combs = np.where(rows < 30, columns % 4 == 0, columns % 4 == 2) | (rows == 0) | (rows == 60)
    rings = np.maximum(abs(rows - 30), abs(columns - 33)) % 2 == 0
    steps = (rows // 2 + columns // 2) % 3 == 0
    bars = (rows % 2 == 0) & (columns != 31)
    return {
        "board": board, "comb": comb, "upside": comb[::-1].copy(), "sideways": comb.T.copy(), "combs": combs,
        "rings": rings, "steps": steps, "bars": bars, "spiral": spiral(65), "mirrored": spiral(64)[::-1, ::-1].copy(),
        "full": np.ones((61, 67), np.bool_), "empty": np.zeros((61, 67), np.bool_),
    }  # fmt: skip


@pytest.mark.parametrize("name", hard_masks())
def test_the_largest_part_is_found_however_it_winds(gpu: Gpu, name: str) -> None:
    mask = hard_masks()[name]
    call = one_body(mask.astype(np.float32), headless())
    assert_same(gpu, *call)
    if name in ("comb", "spiral", "full"):
        assert person_of(call[0][0, 0], np.ones_like(mask)).sum() == mask.sum()


@settings(max_examples=60)
@given(SHAPES, st.floats(0.3, 0.8), st.integers(0, 2**32 - 1))
def test_the_largest_of_many_parts_is_that_of_the_definition(
    gpu: Gpu, shape: tuple[int, int], share: float, seed: int
) -> None:
    noise = np.random.default_rng(seed).random(shape) < share
    assert_same(gpu, *one_body(noise.astype(np.float32), headless()))


@settings(max_examples=40)
@given(SHAPES, st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_bodies_of_any_size_are_dressed_as_by_the_definition(
    gpu: Gpu, shape: tuple[int, int], count: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    silhouettes = rng.random((count + 2, 1, *shape), np.float32)
    silhouettes[rng.random(silhouettes.shape) < 0.001] = rng.choice([np.nan, np.inf, -np.inf])
    solid = cv2.resize(silhouette_of(POINTS), shape[::-1]) > 0
    silhouettes[:, 0, solid] **= 0.3
    points = np.stack([fitted(shape, POINTS + rng.normal(0, 6, POINTS.shape)) for _ in range(count)])
    boxes = all_of(shape) + rng.normal(0, 6, (count, 4)).astype(np.float32)
    assert_same(gpu, silhouettes, rng.integers(0, count + 2, count), points, boxes)


@pytest.mark.parametrize("value", [0.0, 0.1, 0.5, 0.9, 1.0, np.nan, np.inf, -np.inf])
def test_a_silhouette_of_one_value_is_counted_alike(gpu: Gpu, value: float) -> None:
    shape = (31, 47)
    assert_same(gpu, *one_body(np.full(shape, value, np.float32), fitted(shape)))


def test_somebody_in_full_size_is_dressed_alike_and_alike_again(gpu: Gpu) -> None:
    call = one_body(silhouette_of(POINTS), POINTS, BOX)
    assert_same(gpu, *call)
    first, second = on_device(gpu, *call), on_device(gpu, *call)
    assert first[0].any()
    np.testing.assert_array_equal(first[:2], second[:2])


@pytest.mark.parametrize("count", [0, 2])
def test_nobody_has_no_masks_and_no_counts(gpu: Gpu, count: int) -> None:
    silhouettes = gpu.put(np.zeros((count, 1, 64, 48), np.float32)) if count else None
    nobody = np.zeros(0, np.int64), np.zeros((0, 33, 2), np.float32), np.zeros((0, 4), np.float32)
    clothes, cores, counts = JetsonBodyOps(gpu).dress(silhouettes, *nobody)
    assert clothes.shape == cores.shape == ((0, 64, 48) if count else (0, 0, 0))
    assert len(counts.finite) == 0
    assert gpu.copies.figures_out == 0


def test_bodies_cost_four_kernels_and_one_small_copy_each_way(gpu: Gpu, driver: ShimDriver) -> None:
    silhouettes = gpu.put(np.ones((3, 1, 33, 33), np.float32))
    before, launched = gpu.copies.figures_in, len(driver.launched)
    points, boxes = np.stack([fitted((33, 33))] * 3), np.stack([all_of((33, 33))] * 3)
    JetsonBodyOps(gpu).dress(silhouettes, np.arange(3), points, boxes)
    assert driver.launched[launched:] == ["body_runs", "body_merge", "body_areas", "body_masks"]
    assert gpu.copies.figures_in - before == gpu.copies.figures_out == 3 * BODY.itemsize


class NotingBodyOps:
    """Dresses as the definition, and notes the calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def dress(
        self, silhouettes: FloatArray | None, rows: IntArray, points: FloatArray, boxes: FloatArray
    ) -> tuple[MaskArray, MaskArray, BodyCounts]:
        assert silhouettes is not None
        self.calls.append((silhouettes, rows, points, boxes))
        return CpuBodyOps().dress(silhouettes, rows, points, boxes)


def test_people_of_the_street_are_dressed_as_by_the_definition(
    gpu: Gpu, eyes: Eyes, street_video: Path
) -> None:
    video = cv2.VideoCapture(str(street_video))
    video.set(cv2.CAP_PROP_POS_FRAMES, 100)
    seen = frame(np.ascontiguousarray(video.read()[1][:, :, ::-1]))
    people = eyes.detector.detect(seen, Stopwatch()).boxes
    tallest = people[np.argsort(people[:, 1] - people[:, 3])[:6]]
    noted = NotingBodyOps()
    cutter = GarmentCutter(eyes.image, eyes.body, cast(BodyOps, noted))
    cutter.cut(seen, np.arange(len(tallest)), tallest, np.ones(3, np.float32))
    assert len(noted.calls[0][1]) >= 3
    assert_same(gpu, *noted.calls[0])
