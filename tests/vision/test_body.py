"""Which bodies are judged: a bad mask is refused, with the first reason there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.pose import NOSE, BodyCounts
from appliance.records import FloatArray
from appliance.vision.body import MIN_CORE_PX, MaskRefused, check_mask
from tests.bodies import BOX, dressed, silhouette_of, standing_points

POINTS = standing_points()
PERSON = silhouette_of(POINTS)
UPSIDE = (POINTS * [1, -1] + np.array([0, 256], np.float32)).astype(np.float32)
GOOD: dict[str, Any] = {
    "finite": True, "inside_px": 20_000, "box_rows": 200, "person_px": 8_000, "person_rows": 190, "doubt_px": 500,
    "core_px": 4_000, "points": POINTS,
}  # fmt: skip
FAULTS = {
    "finite": False, "person_px": 20, "person_rows": 10, "doubt_px": 8_000, "points": UPSIDE, "core_px": 10
}  # fmt: skip
"In the order in which they are looked for."


def judge(body: dict[str, Any]) -> None:
    """Check one body of those counts and points."""
    counts = {name: np.array([value]) for name, value in body.items() if name != "points"}
    check_mask(BodyCounts(**counts), 0, body["points"])


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
    with pytest.raises(MaskRefused, match="head is not above"):
        dressed(PERSON, UPSIDE, BOX)


def test_whose_trunk_is_elsewhere_is_refused() -> None:
    points = POINTS.copy()
    points[[11, 12, 13, 14, 23, 24, 25, 26], 0] += 2000
    with pytest.raises(MaskRefused, match="hardly visible"):
        dressed(PERSON, points, BOX)


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (300, 300, 400, 400), (-90, -90, -5, -5), (80, 200, 60, 20)])
def test_a_box_with_nothing_in_it_is_refused(box: Any) -> None:
    with pytest.raises(MaskRefused, match="fills 0%"):
        dressed(PERSON, POINTS, np.array(box, np.float32))


@settings(max_examples=20)
@given(arrays.arrays(np.float32, (33, 2), elements=st.floats(-40, 40, width=32)))
def test_who_is_not_refused_has_enough_of_a_core(shake: FloatArray) -> None:
    try:
        _, core = dressed(PERSON, POINTS + shake, BOX)
    except MaskRefused:
        return
    assert core.sum() >= MIN_CORE_PX


@pytest.mark.parametrize(
    ("mended", "reason"),
    [
        (0, "not finite"),
        (1, "fills 0% of"),
        (2, "only part"),
        (3, "100% of"),
        (4, "not above"),
        (5, "hardly"),
    ],
)
def test_of_several_faults_the_first_is_told(mended: int, reason: str) -> None:
    with pytest.raises(MaskRefused, match=reason):
        judge({**GOOD, **dict(list(FAULTS.items())[mended:])})


def test_who_stands_well_is_not_refused() -> None:
    judge(GOOD)
