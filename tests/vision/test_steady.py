from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.steady import common_shift

PEOPLE = np.array([[100.0, 200, 40, 100], [300, 220, 40, 110], [450, 180, 35, 90], [560, 240, 45, 120]])
STILL = [0.0, 0.0]


def moved(by_x: float, by_y: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return PEOPLE + [by_x, by_y, 0, 0]  # noqa: RUF005


def test_a_jump_of_the_whole_picture_is_found() -> None:
    assert common_shift(PEOPLE, moved(40, -25)) == pytest.approx([40, -25])


def test_people_who_walk_on_are_no_jump() -> None:
    assert common_shift(PEOPLE, moved(3, 1)).tolist() == STILL


def test_two_who_walk_alike_are_no_jump() -> None:
    seen = PEOPLE.copy()
    seen[:2, 0] += 50
    assert common_shift(PEOPLE, seen).tolist() == STILL


def test_one_who_stayed_behind_does_not_hide_a_jump() -> None:
    seen = moved(40, -25)
    seen[0] = PEOPLE[0]
    assert common_shift(PEOPLE, seen) == pytest.approx([40, -25])


@pytest.mark.parametrize(("people", "boxes"), [(0, 0), (0, 4), (4, 0), (2, 2)])
def test_too_few_agree_on_nothing(people: int, boxes: int) -> None:
    assert common_shift(PEOPLE[:people], moved(40, 0)[:boxes]).tolist() == STILL
