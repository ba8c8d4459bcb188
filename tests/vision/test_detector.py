"""Boxes of a network become people of a frame: floor, doubles, edges and nonsense."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from appliance.config import Detector as DetectorSettings
from appliance.records import DeviceArray, FloatArray
from appliance.runtime.cpu.image import CpuImageOps
from appliance.geometry import area, iou
from appliance.vision.detector import Detector, decode, suppress
from appliance.vision.stopwatch import Stopwatch
from tests.streets import boxes, frame

SETTINGS = DetectorSettings(score_floor=0.3, overlap=0.5)
SIZE = (640, 480)
EDGES = st.floats(-100, 800, width=32)
SCORES = st.floats(0, 1, width=32)


@st.composite
def scored_boxes(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    """Boxes anywhere, and doubles of them moved a little, so that many overlap by much."""
    count = draw(st.integers(0, 6))
    raw = draw(arrays.arrays(np.float32, (count, 4), elements=EDGES))
    low, high = np.minimum(raw[:, :2], raw[:, 2:]), np.maximum(raw[:, :2], raw[:, 2:])
    alone = np.concatenate([low, high], axis=1)
    size = np.tile(high - low, 2)
    moved = alone + size * draw(arrays.arrays(np.float32, (count, 4), elements=st.floats(0, 0.5, width=32)))
    scores = draw(arrays.arrays(np.float32, (2 * count,), elements=SCORES))
    return np.concatenate([alone, moved]), scores


def naive_iou(one: FloatArray, other: FloatArray) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    union = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared
    return float(shared / union) if union > 0 else 0.0


def naive_suppress(rows: FloatArray, scores: FloatArray, overlap: float) -> list[int]:
    """Best first; whoever overlaps one that stays goes."""
    kept: list[int] = []
    overlaps = iou(rows, rows)
    for row in sorted(range(len(rows)), key=lambda row: (-scores[row], row)):
        if all(overlaps[one, row] <= overlap for one in kept):
            kept.append(row)
    return kept


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
    found = decode(*given_boxes, scale, SIZE, SETTINGS)
    assert (found.scores >= SETTINGS.score_floor).all()
    assert (np.diff(found.scores) <= 0).all()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= np.array([640, 480, 640, 480])).all()
    apart = iou(found.boxes, found.boxes) - np.eye(len(found.boxes))
    assert (apart <= SETTINGS.overlap + 1e-5).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("edge", range(4))
def test_a_box_that_is_not_finite_is_nobody(bad: float, edge: int) -> None:
    rows = boxes((10, 10, 60, 200), (300, 10, 360, 200))
    rows[0, edge] = bad
    found = decode(rows, np.array([0.9, 0.8], np.float32), 1.0, SIZE, SETTINGS)
    np.testing.assert_array_equal(found.boxes, rows[1:])


def test_a_score_that_is_not_a_number_is_nobody() -> None:
    found = decode(boxes((10, 10, 60, 200)), np.array([np.nan], np.float32), 1.0, SIZE, SETTINGS)
    assert len(found.boxes) == 0


def test_boxes_outside_the_picture_are_nobody() -> None:
    rows = boxes((700, 10, 760, 200), (10, -200, 60, -10), (639.5, 10, 700, 200))
    assert len(decode(rows, np.full(3, 0.9, np.float32), 1.0, SIZE, SETTINGS).boxes) == 0


def test_boxes_are_scaled_to_the_frame() -> None:
    found = decode(boxes((10, 20, 30, 40)), np.array([0.9], np.float32), 2.5, SIZE, SETTINGS)
    np.testing.assert_allclose(found.boxes, [[25, 50, 75, 100]])


def test_no_boxes_are_no_people() -> None:
    none = decode(boxes(), np.zeros(0, np.float32), 1.0, SIZE, SETTINGS)
    assert none.boxes.shape == (0, 4)
    assert suppress(boxes(), np.zeros(0, np.float32), 0.5).shape == (0,)
    assert iou(boxes(), boxes((0, 0, 1, 1))).shape == (0, 1)
    assert area(boxes()).shape == (0,)


def test_the_area_of_a_box_turned_inside_out_is_nothing() -> None:
    np.testing.assert_array_equal(area(boxes((0, 0, 4, 5), (4, 5, 0, 0), (4, 0, 0, 5))), [20, 0, 0])


class OnePerson:
    """A network that sees one person where the tensor is brightest, and says what it was shown."""

    def infer(self, inputs: Mapping[str, DeviceArray]) -> dict[str, NDArray[np.float32]]:
        light = inputs["image"][0].mean(axis=2)
        rows, columns = np.nonzero(light > 200)
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        return {"boxes": boxes(box)[None], "scores": np.full((1, 1, 1), 0.9, np.float32)}


@pytest.mark.parametrize(("width", "height"), [(640, 384), (320, 320), (96, 416)])
def test_a_person_is_found_where_he_stands_whatever_the_tensor_size(width: int, height: int) -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[100:400, 200:300] = 255
    settings = DetectorSettings(width=width, height=height)
    seen = Detector(settings, CpuImageOps(), OnePerson()).detect(frame(pixels), Stopwatch())
    pixel = max(640 / width, 480 / height)
    np.testing.assert_allclose(seen.boxes, [[200, 100, 300, 400]], atol=1.5 * pixel)
