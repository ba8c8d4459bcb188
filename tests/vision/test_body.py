"""The build of a body: no head, the core inside the clothes inside the person, and a bad mask refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.records import FloatArray, MaskArray
from appliance.vision.body import (
    COLLAR,
    MIN_CORE_PX,
    MOUTH,
    NOSE,
    SHOULDERS,
    WRISTS,
    MaskRefused,
    dressed,
    largest_part,
    person_of,
)
from tests.bodies import BOX, mirrored_points, silhouette_of, standing_points

POINTS = standing_points()
PERSON = silhouette_of(POINTS)
WHOLE_VIEW = np.array([0, 0, 256, 256], np.float32)


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
    np.testing.assert_array_equal(person_of(crowded, BOX), person_of(PERSON, BOX))


def test_what_is_beyond_the_box_belongs_to_others() -> None:
    crowded = PERSON.copy()
    crowded[100:130, :] = 1
    person = person_of(crowded, BOX)
    assert not person[:, : int(BOX[0])].any()
    assert not person[:, int(BOX[2]) :].any()


def only_rows(top: int, bottom: int) -> FloatArray:
    part = np.zeros_like(PERSON)
    part[top:bottom] = PERSON[top:bottom]
    return part


@pytest.mark.parametrize(
    ("silhouette", "reason"),
    [
        (np.full((256, 256), np.nan), "silhouette is not finite"),
        (np.where(PERSON, np.inf, 0), "silhouette is not finite"),
        (np.zeros((256, 256)), "fills 0%"),
        (np.ones((256, 256)), "fills 100%"),
        (np.where(PERSON, 0.7, 0.0), "in doubt"),
        (only_rows(60, 140), "only part"),
        (only_rows(0, 60), "of the box|only part"),
    ],
)
def test_a_bad_silhouette_is_refused_with_a_reason(silhouette: Any, reason: str) -> None:
    with pytest.raises(MaskRefused, match=reason):
        dressed(silhouette, POINTS, BOX)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_points_that_are_none_are_refused(value: float) -> None:
    for place in (NOSE, 11, 23, 27):
        points = POINTS.copy()
        points[place, 1] = value
        with pytest.raises(MaskRefused, match="points are not finite"):
            dressed(PERSON, points, BOX)


def test_a_handstand_is_refused_because_no_head_could_be_cut_off() -> None:
    upside = POINTS * [1, -1] + np.array([0, 256], np.float32)
    with pytest.raises(MaskRefused, match="head is not above"):
        dressed(PERSON, upside.astype(np.float32), BOX)


def test_whose_trunk_is_elsewhere_is_refused() -> None:
    points = POINTS.copy()
    points[[11, 12, 13, 14, 23, 24, 25, 26], 0] += 2000
    with pytest.raises(MaskRefused, match="hardly visible"):
        dressed(PERSON, points, BOX)


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (300, 300, 400, 400), (-90, -90, -5, -5), (80, 200, 60, 20)])
def test_a_box_with_nothing_in_it_is_refused(box: Any) -> None:
    with pytest.raises(MaskRefused, match="fills 0%"):
        dressed(PERSON, POINTS, np.array(box, np.float32))


def checked(points: FloatArray) -> None:
    """Whatever the points say: refused, or the core inside the clothes inside the person, and no head."""
    try:
        clothes, core = dressed(PERSON, points, BOX)
    except MaskRefused:
        return
    person = person_of(PERSON, BOX)
    assert not (clothes & ~person).any()
    assert not (core & ~clothes).any()
    assert core.sum() >= MIN_CORE_PX
    shoulders = points[list(SHOULDERS), 1].mean()
    face = points[[NOSE, *MOUTH, 2, 5], 1].mean()
    collar = shoulders - COLLAR * (shoulders - face)
    assert not clothes[np.arange(256) < collar - 1].any()


@settings(max_examples=40)
@given(arrays.arrays(np.float32, (33, 2), elements=st.floats(-3e4, 3e4, width=32)))
def test_any_points_are_refused_or_keep_the_order_of_masks(points: FloatArray) -> None:
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
