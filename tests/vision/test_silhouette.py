"""The shape of a standing person: where one is expected and where the head ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays

from appliance.records import MaskArray
from appliance.vision.silhouette import (
    HEAD,
    INSIDE,
    LEAST_HEAD,
    LIKELY_INSIDE,
    NECK,
    OUTSIDE,
    largest_part,
    neck_row,
    silhouette_hints,
)

TOP, HEIGHT = 20, 200


def person(neck: int | None, neck_width: int = 12) -> MaskArray:
    """A head 28 wide on shoulders 60 wide, 200 tall from row 20; its neck is centred on row `neck`."""
    mask = np.zeros((240, 100), np.bool_)
    mask[TOP : TOP + 40, 36:64] = True
    mask[TOP + 36 : TOP + HEIGHT, 20:80] = True
    if neck is not None:
        mask[neck - 3 : neck + 4] = False
        mask[neck - 3 : neck + 4, 50 - neck_width // 2 : 50 + neck_width // 2] = True
    return mask


def test_the_head_ends_at_the_neck() -> None:
    for share in (0.13, 0.15, 0.17):
        neck = TOP + round(share * HEIGHT)
        assert abs(neck_row(person(neck)) - neck) <= 2


def test_a_person_without_a_neck_loses_the_usual_share() -> None:
    hooded = np.zeros((240, 100), np.bool_)
    hooded[TOP : TOP + HEIGHT, 30:70] = True
    assert neck_row(hooded) == TOP + round(HEAD * HEIGHT)


@given(arrays.arrays(np.bool_, (60, 20)).filter(lambda mask: bool(mask.any())))
def test_at_least_the_least_head_goes_and_the_body_stays(mask: MaskArray) -> None:
    rows = np.flatnonzero(mask.any(axis=1))
    top, height = rows[0], rows[-1] - rows[0] + 1
    neck = neck_row(mask)
    assert top + round(LEAST_HEAD * height) <= neck <= top + round(max(HEAD, NECK[1]) * height)


def test_one_row_is_a_person_too() -> None:
    mask = np.zeros((5, 5), np.bool_)
    mask[2] = True
    assert neck_row(mask) == 2


def test_hints_expect_a_person_in_the_middle_and_street_around() -> None:
    hints = silhouette_hints(192, 384, 0.15, 0.08)
    assert hints.shape == (384, 192)
    assert (hints[0] == OUTSIDE).all()
    assert (hints[:, 0] == OUTSIDE).all()
    assert hints[384 * 4 // 10, 96] == INSIDE
    assert hints[384 // 2, 96] in (INSIDE, LIKELY_INSIDE)
    assert set(np.unique(hints)) == {0, 1, 2, 3}
    np.testing.assert_array_equal(hints, hints[:, ::-1])


@pytest.mark.parametrize(("pad_x", "pad_y"), [(0.15, 0.08), (0.3, 0.2)])
def test_the_margin_of_the_box_is_surely_street(pad_x: float, pad_y: float) -> None:
    hints = silhouette_hints(200, 400, pad_x, pad_y)
    side, top = int(200 * pad_x / (1 + 2 * pad_x)), int(400 * pad_y / (1 + 2 * pad_y))
    assert (hints[:top] == OUTSIDE).all()
    assert (hints[-top:] == OUTSIDE).all()
    assert (hints[:, :side] == OUTSIDE).all()
    assert (hints[top + 2 : -top - 2, side + 2 : -side - 2] != OUTSIDE).all()


def test_a_neighbour_at_the_edge_is_no_part_of_the_person() -> None:
    mask = np.zeros((50, 50), np.bool_)
    mask[5:45, 20:40] = True
    both = mask.copy()
    both[10:40, 2:10] = True
    np.testing.assert_array_equal(largest_part(both), mask)


def test_parts_that_touch_by_a_corner_are_apart() -> None:
    mask = np.zeros((4, 4), np.bool_)
    mask[:2, :2] = mask[2:, 2:] = True
    mask[2, 3] = False
    assert largest_part(mask).sum() == 4


@pytest.mark.parametrize("value", [False, True])
def test_nothing_and_everything_have_themselves_as_largest_part(value: bool) -> None:
    mask = np.full((8, 8), value)
    np.testing.assert_array_equal(largest_part(mask), mask)
