"""Points and boxes mean the same to the device as to the definition, however far from the view they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.pose import EARS, GRID, HIPS, SHOULDERS
from appliance.records import FloatArray, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps
from appliance.runtime.jetson.gpu import Gpu
from tests.runtime.jetson.dressing import (
    POINTS,
    TIED_PX,
    all_of,
    assert_same,
    core_difference,
    fitted,
    on_device,
    one_body,
)


@settings(max_examples=40)
@given(
    arrays.arrays(
        np.float32, (2, 4), elements=st.sampled_from([-1e6, -70, -0.5, 0, 0.5, 1.5, 20, 31.5, 33, 64, 70])
    )
)
def test_boxes_anywhere_count_what_is_in_view(gpu: Gpu, boxes: FloatArray) -> None:
    silhouettes = np.random.default_rng(0).random((2, 1, 64, 33), np.float32) ** 0.5
    assert_same(gpu, silhouettes, np.array([1, 0]), np.stack([fitted((64, 33))] * 2), boxes)


@settings(max_examples=30)
@given(arrays.arrays(np.float32, (33, 2), elements=st.floats(-25, 25, width=32)))
def test_shaken_points_in_view_give_the_same_core(gpu: Gpu, shake: FloatArray) -> None:
    shape = (64, 64)
    assert_same(gpu, *one_body(np.ones(shape, np.float32), fitted(shape, POINTS + shake)))


def test_trunks_are_filled_as_the_definition_fills_them(gpu: Gpu) -> None:
    rng, shape, count = np.random.default_rng(0), (48, 48), 150
    points = np.stack([fitted(shape)] * count)
    points[:, [*SHOULDERS, *HIPS]] = rng.uniform(0, 48, (count, 4, 2))
    points[::10, SHOULDERS[0]] = points[::10, SHOULDERS[1]]  # some have three corners, or two
    points[::20, HIPS[0]] = points[::20, HIPS[1]]
    points[:, :11] = 1000, -200  # a face that is cut off far aside
    points[:, list(EARS)] = (
        1000,
        50000,
    )  # a head so large that it is nearer than any bone: the core is the trunk alone
    call = (
        np.ones((1, 1, *shape), np.float32),
        np.zeros(count, np.int64),
        points,
        np.stack([all_of(shape)] * count),
    )
    assert CpuBodyOps().dress(*call)[1].any(axis=(1, 2)).all()
    different = core_difference(gpu, *call).sum(axis=(1, 2))
    assert (different <= TIED_PX).all()
    assert (different > 0).mean() < 0.06


def near_edge(points: FloatArray, shape: tuple[int, int]) -> MaskArray:
    """Pixels of a view within one point of the grid of the border of the trunk."""
    reach = np.array(shape[::-1], np.float32)
    corners = points[[*SHOULDERS, *HIPS]].clip(-reach, 2 * reach).astype(np.int32) // GRID
    height, width = (-(-length // GRID) for length in shape)
    canvas = np.zeros((3 * height, 3 * width), np.uint8)
    hull = cv2.convexHull(corners + np.array([width, height], np.int32))
    cv2.polylines(canvas, [hull], True, 1, 3)
    edge = canvas[height : 2 * height, width : 2 * width] > 0
    grown: MaskArray = np.repeat(np.repeat(edge, GRID, axis=0), GRID, axis=1)[: shape[0], : shape[1]]
    return grown


@settings(max_examples=60)
@given(arrays.arrays(np.float32, (33, 2), elements=st.floats(-100, 160, width=32)))
def test_cores_of_bodies_half_out_of_view_differ_at_the_border_of_the_trunk_only(
    gpu: Gpu, points: FloatArray
) -> None:
    points[:11, 1] -= 300  # somebody whose head is above the shoulders
    shape = (64, 61)
    difference = core_difference(gpu, *one_body(np.ones(shape, np.float32), points))
    assert not (difference[0] & ~near_edge(points, shape)).any()


@pytest.mark.parametrize("huge", [1e9, -1e9, 1e15])
def test_points_far_out_of_view_crash_nothing(gpu: Gpu, huge: float) -> None:
    shape = (40, 40)
    points = np.stack([fitted(shape)] * 33)
    points[np.arange(33), np.arange(33)] = huge
    difference = core_difference(
        gpu,
        np.ones((1, 1, *shape), np.float32),
        np.zeros(33, np.int64),
        points,
        np.stack([all_of(shape)] * 33),
    )
    for mask, body in zip(difference, points, strict=True):
        assert not (mask & ~near_edge(body, shape)).any()


def test_whose_face_is_not_above_the_shoulders_is_all_head(gpu: Gpu) -> None:
    points = fitted((64, 64), POINTS * [1, -1] + np.array([0, 256], np.float32))
    call = one_body(np.ones((64, 64), np.float32), points)
    assert_same(gpu, *call)
    assert not on_device(gpu, *call)[0].any()
