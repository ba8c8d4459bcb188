"""Boxes of a network become people of a frame: floor, doubles, edges and nonsense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.geometry import iou
from appliance.records import Detections, FloatArray
from appliance.runtime.cpu.boxes import CpuBoxOps, suppress
from tests.overlaps import scored_boxes
from tests.streets import boxes

FLOOR, OVERLAP = 0.3, 0.5
SIZE = (640, 480)


def decoded(rows: FloatArray, scores: FloatArray, scale: float = 1.0) -> Detections:
    """What is left of a network's boxes (N, 4) and scores (N,)."""
    return Detections(*CpuBoxOps().strongest(rows[None], scores[None], scale, SIZE, FLOOR, OVERLAP))


def naive_suppress(rows: FloatArray, scores: FloatArray, overlap: float) -> list[int]:
    """Best first; whoever overlaps one that stays goes."""
    kept: list[int] = []
    overlaps = iou(rows, rows)
    for row in sorted(range(len(rows)), key=lambda row: (-scores[row], row)):
        if all(overlaps[one, row] <= overlap for one in kept):
            kept.append(row)
    return kept


def test_the_weaker_of_two_doubles_goes() -> None:
    rows = boxes((0, 0, 100, 100), (0, 0, 100, 90), (0, 60, 100, 160))
    assert suppress(rows, np.array([0.5, 0.9, 0.7], np.float32), 0.5).tolist() == [1, 2]


@given(scored_boxes(), st.sampled_from([0.1, 0.5, 0.9]))
def test_suppression_keeps_what_the_plain_rule_keeps(
    given_boxes: tuple[FloatArray, FloatArray], overlap: float
) -> None:
    rows, scores = given_boxes
    assert suppress(rows, scores, overlap).tolist() == naive_suppress(rows, scores, overlap)


@given(scored_boxes(), st.floats(0.25, 4))
def test_what_stays_is_strong_inside_the_frame_and_apart(
    given_boxes: tuple[FloatArray, FloatArray], scale: float
) -> None:
    found = decoded(*given_boxes, scale)
    assert (found.scores >= FLOOR).all()
    assert (np.diff(found.scores) <= 0).all()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= np.array([640, 480, 640, 480])).all()
    apart = iou(found.boxes, found.boxes) - np.eye(len(found.boxes))
    assert (apart <= OVERLAP + 1e-5).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("edge", range(4))
def test_a_box_that_is_not_finite_is_nobody(bad: float, edge: int) -> None:
    rows = boxes((10, 10, 60, 200), (300, 10, 360, 200))
    rows[0, edge] = bad
    found = decoded(rows, np.array([0.9, 0.8], np.float32))
    np.testing.assert_array_equal(found.boxes, rows[1:])


def test_a_score_that_is_not_a_number_is_nobody() -> None:
    found = decoded(boxes((10, 10, 60, 200)), np.array([np.nan], np.float32))
    assert len(found.boxes) == 0


def test_boxes_outside_the_picture_are_nobody() -> None:
    rows = boxes((700, 10, 760, 200), (10, -200, 60, -10), (639.5, 10, 700, 200))
    assert len(decoded(rows, np.full(3, 0.9, np.float32)).boxes) == 0


def test_boxes_are_scaled_to_the_frame() -> None:
    found = decoded(boxes((10, 20, 30, 40)), np.array([0.9], np.float32), 2.5)
    np.testing.assert_allclose(found.boxes, [[25, 50, 75, 100]])


def test_no_boxes_are_no_people() -> None:
    none = decoded(boxes(), np.zeros(0, np.float32))
    assert none.boxes.shape == (0, 4)
    assert none.boxes.dtype == none.scores.dtype == np.float32
    assert suppress(boxes(), np.zeros(0, np.float32), 0.5).shape == (0,)
