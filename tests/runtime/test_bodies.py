"""Masks of bodies: no head, the core inside the clothes inside the person, and counts of whatever is given."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.pose import COLLAR, MOUTH, NOSE, SHOULDERS, WRISTS, BodyCounts, face_of, rise_of, shoulders_of
from appliance.records import FloatArray, IntArray, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps, inside_of, largest_part, person_of
from tests.bodies import BOX, dressed, mirrored_points, silhouette_of, standing_points

POINTS = standing_points()
PERSON = silhouette_of(POINTS)
SHAPE = PERSON.shape
WHOLE_VIEW = np.array([0, 0, 256, 256], np.float32)
ONE: IntArray = np.zeros(1, np.int64)


def dress(
    silhouette: FloatArray, points: FloatArray = POINTS, box: FloatArray = BOX
) -> tuple[MaskArray, MaskArray, BodyCounts]:
    """One body as the wing dresses it, judged by nobody."""
    clothes, cores, counts = CpuBodyOps().dress(silhouette[None, None], ONE, points[None], box[None])
    return clothes[0], cores[0], counts


def figures(counts: BodyCounts) -> list[list[int]]:
    """One row per body, in the order of the fields."""
    columns = [getattr(counts, one.name).tolist() for one in fields(counts)]
    return [[int(figure) for figure in row] for row in zip(*columns, strict=True)]


def at(mask: MaskArray, point: FloatArray) -> bool:
    return bool(mask[round(float(point[1])), round(float(point[0]))])


def alike(one: MaskArray, other: MaskArray) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())


def test_somebody_standing_has_clothes_and_a_core() -> None:
    clothes, core = dressed(PERSON, POINTS, BOX)
    assert clothes.sum() > 0.75 * (PERSON > 0.5).sum()
    assert 0.4 * clothes.sum() < core.sum() < 0.9 * clothes.sum()


def test_the_head_is_no_clothes() -> None:
    clothes, _ = dressed(PERSON, POINTS, BOX)
    for face in (NOSE, *MOUTH, 1, 4, 7, 8):
        assert not at(clothes, POINTS[face])
    shoulder_row = POINTS[list(SHOULDERS), 1].mean()
    assert not clothes[: round(float(shoulder_row)) - 8].any()


def test_trunk_upper_arms_and_thighs_are_core_and_hands_and_feet_are_not() -> None:
    clothes, core = dressed(PERSON, POINTS, BOX)
    middle = POINTS[[11, 12, 23, 24]].mean(axis=0)
    for inside in (middle, POINTS[[11, 13]].mean(axis=0), POINTS[[23, 25]].mean(axis=0)):
        assert at(core, inside)
    for bare in (*POINTS[list(WRISTS)], POINTS[[25, 27]].mean(axis=0), POINTS[31], POINTS[19]):
        assert not at(core, bare)
        assert at(clothes, bare)


def test_a_body_in_a_mirror_has_mirrored_masks() -> None:
    raised = POINTS.copy()
    raised[[15, 17, 19, 21]] = (200, 80)
    person = silhouette_of(raised)
    masks = dressed(person, raised, WHOLE_VIEW)
    mirrored = dressed(person[:, ::-1].copy(), mirrored_points(raised), WHOLE_VIEW)
    for mask, other in zip(masks, mirrored, strict=True):
        assert alike(mask, other[:, ::-1]) > 0.97


def test_a_neighbour_at_the_edge_of_the_box_is_not_worn() -> None:
    crowded = PERSON.copy()
    crowded[60:230, 72:76] = 1
    inside = inside_of(BOX, SHAPE)
    np.testing.assert_array_equal(person_of(crowded, inside), person_of(PERSON, inside))


def test_what_is_beyond_the_box_belongs_to_others() -> None:
    crowded = PERSON.copy()
    crowded[100:130, :] = 1
    person = person_of(crowded, inside_of(BOX, SHAPE))
    assert not person[:, : int(BOX[0])].any()
    assert not person[:, int(BOX[2]) :].any()


def test_the_counts_are_those_of_the_masks() -> None:
    soft = np.where(PERSON > 0, 0.95, 0.02).astype(np.float32)
    soft[100:110, 100:140] = 0.6
    _, core, counts = dress(soft)
    left, top, right, bottom = BOX.astype(int).tolist()
    person = person_of(soft, inside_of(BOX, SHAPE))
    rows = np.flatnonzero(person.any(axis=1))
    box_px, reach = (right - left) * (bottom - top), int(rows[-1] - rows[0])
    want = [1, box_px, bottom - top, int(person.sum()), reach, 400, int(core.sum())]
    assert figures(counts) == [want]


def test_each_body_is_dressed_by_its_own_silhouette_points_and_box() -> None:
    aside = np.roll(PERSON, 30, axis=1)
    moved = (POINTS + np.array([30, 0])).astype(np.float32)
    silhouettes = np.stack([PERSON, np.zeros_like(PERSON), aside])[:, None]
    rows, boxes = np.array([2, 0], np.int64), np.stack([BOX, BOX])
    boxes[0, [0, 2]] += 30
    clothes, cores, counts = CpuBodyOps().dress(silhouettes, rows, np.stack([moved, POINTS]), boxes)
    for place, alone in enumerate((dress(aside, moved, boxes[0]), dress(PERSON))):
        np.testing.assert_array_equal(clothes[place], alone[0])
        np.testing.assert_array_equal(cores[place], alone[1])
        assert figures(counts)[place] == figures(alone[2])[0]


@pytest.mark.parametrize("silhouettes", [None, np.zeros((2, 1, 256, 256), np.float32)])
def test_nobody_has_no_masks_and_no_counts(silhouettes: FloatArray | None) -> None:
    clothes, cores, counts = CpuBodyOps().dress(
        silhouettes, ONE[:0], np.zeros((0, 33, 2), np.float32), np.zeros((0, 4), np.float32)
    )
    assert len(clothes) == len(cores) == 0
    assert clothes.ndim == cores.ndim == 3
    assert figures(counts) == []


@pytest.mark.parametrize("value", [0.0, np.nan, -np.inf, 0.5])
def test_an_empty_silhouette_counts_nothing_of_a_person(value: float) -> None:
    clothes, core, counts = dress(np.full(SHAPE, value, np.float32))
    assert not clothes.any()
    assert not core.any()
    box_px = int(inside_of(BOX, SHAPE).sum())
    doubt = box_px if value == 0.5 else 0
    assert figures(counts) == [[int(np.isfinite(value)), box_px, 212, 0, 0, doubt, 0]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (130, 128)])
def test_one_value_that_is_no_number_is_told_wherever_it_is(value: float, place: tuple[int, int]) -> None:
    silhouette = PERSON.copy()
    silhouette[place] = value
    assert dress(PERSON)[2].finite.tolist() == [True]
    assert dress(silhouette)[2].finite.tolist() == [False]


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (300, 300, 400, 400), (-90, -90, -5, -5), (80, 200, 60, 20)])
def test_a_box_with_nothing_in_it_counts_nothing(box: tuple[float, float, float, float]) -> None:
    assert figures(dress(PERSON, box=np.array(box, np.float32))[2]) == [[1, 0, 0, 0, 0, 0, 0]]


def test_whose_face_is_not_above_the_shoulders_is_all_head() -> None:
    upside = (POINTS * [1, -1] + np.array([0, 256], np.float32)).astype(np.float32)
    clothes, core, counts = dress(PERSON, upside)
    assert not clothes.any()
    assert not core.any()
    assert counts.person_px > 0


@pytest.mark.parametrize("shape", [(1, 1), (31, 47), (64, 33)])
def test_a_silhouette_may_have_any_size(shape: tuple[int, int]) -> None:
    rows, columns = shape
    points = (POINTS * [columns / 256, rows / 256]).astype(np.float32)
    whole = np.array([0, 0, columns, rows], np.float32)
    clothes, core, counts = dress(np.ones(shape, np.float32), points, whole)
    assert clothes.shape == core.shape == shape
    assert figures(counts) == [[1, rows * columns, rows, rows * columns, rows - 1, 0, int(core.sum())]]


def checked(points: FloatArray) -> None:
    """Whatever the points say: the core is inside the clothes inside the person, and no head."""
    clothes, core, counts = dress(PERSON, points)
    person = person_of(PERSON, inside_of(BOX, SHAPE))
    assert not (clothes & ~person).any()
    assert not (core & ~clothes).any()
    assert core.sum() == counts.core_px
    if rise_of(points) > 0:
        shoulders, face = shoulders_of(points)[1], face_of(points)[1]
        collar = shoulders - COLLAR * (shoulders - face)
        assert not clothes[np.arange(256) < collar - 1].any()


@settings(max_examples=40)
@given(arrays.arrays(np.float32, (33, 2), elements=st.floats(-3e4, 3e4, width=32)))
def test_any_points_keep_the_order_of_masks(points: FloatArray) -> None:
    checked(points)


@settings(max_examples=40)
@given(arrays.arrays(np.float32, (33, 2), elements=st.floats(-40, 40, width=32)))
def test_shaken_points_keep_the_order_of_masks(shake: FloatArray) -> None:
    checked(POINTS + shake)


@pytest.mark.parametrize("huge", [1e9, -1e9, 1e15])
def test_points_far_out_of_view_crash_nothing(huge: float) -> None:
    for place in range(33):
        points = POINTS.copy()
        points[place] = huge
        checked(points)


def test_the_largest_part_is_one_part_of_what_was_there() -> None:
    mask = np.zeros((20, 20), np.bool_)
    mask[2:5, 2:5] = mask[8:18, 8:18] = True
    part = largest_part(mask)
    assert part.sum() == 100
    assert not part[:8].any()
    assert not largest_part(np.zeros((5, 5), np.bool_)).any()
