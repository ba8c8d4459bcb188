"""Geometry of boxes: areas and overlaps as a plain rule gives them, nobody included."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given

from appliance.geometry import AnyBoxes, area, iou
from appliance.records import FloatArray
from tests.overlaps import scored_boxes
from tests.streets import boxes


def naive_iou(one: AnyBoxes, other: AnyBoxes) -> float:
    # Whoever is as thin as 1e-30 pixels has no area left in 32 bit.
    one, other = one.astype(np.float64), other.astype(np.float64)
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    union = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared
    return float(shared / union) if union > 0 else 0.0


@given(scored_boxes(), scored_boxes())
def test_overlap_is_intersection_over_union(
    first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]
) -> None:
    table = iou(first[0], second[0])
    assert table.shape == (len(first[0]), len(second[0]))
    for (i, one), (j, other) in itertools.product(enumerate(first[0]), enumerate(second[0])):
        # A sliver thinner than a millionth of a pixel drowns in the rounding of 32 bit.
        assert table[i, j] == pytest.approx(naive_iou(one, other), abs=1e-3)


def test_a_box_overlaps_itself_wholly_and_another_not() -> None:
    table = iou(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10), (20, 0, 30, 10), (0, 5, 10, 15)))
    np.testing.assert_allclose(table, [[1, 0, 1 / 3]], atol=1e-6)


def test_no_boxes_overlap_nobody() -> None:
    assert iou(boxes(), boxes((0, 0, 1, 1))).shape == (0, 1)
    assert area(boxes()).shape == (0,)


def test_the_area_of_a_box_turned_inside_out_is_nothing() -> None:
    np.testing.assert_array_equal(area(boxes((0, 0, 4, 5), (4, 5, 0, 0), (4, 0, 0, 5))), [20, 0, 0])
