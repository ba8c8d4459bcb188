"""How to turn the camera: told from boxes alone, and only when enough people were seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.display.field.advice import LEAST_BOXES, advice_from
from appliance.display.field.measure import LEAST_VIEWS, measure, plane_from
from appliance.display.view import Box, View
from appliance.errors import BoothError
from tests.display.field.fake_vision import CAMERA_M, EMPTY, person

GOOD = person(0.5, 6.0)


def words(people: list[Box], views: int = 10, **changes: Any) -> list[str]:
    view = replace(EMPTY, people=tuple(people), **changes)
    return [word["word"] for word in advice_from([view] * views, least_px=60)]


def test_without_views_there_is_no_advice() -> None:
    assert advice_from([], 60) == []


def test_a_good_aim_is_called_good() -> None:
    assert words([GOOD]) == ["good"]


@pytest.mark.parametrize(
    ("box", "word"),
    [
        ((0.4, 0.5, 0.1, 0.5), "tilt-down"),
        ((0.4, 0.0, 0.1, 0.6), "tilt-up"),
        ((0.0, 0.3, 0.1, 0.5), "cut-off"),
        ((0.4, 0.3, 0.02, 0.07), "too-small"),
    ],
)
def test_what_is_wrong_has_its_word(box: Box, word: str) -> None:
    assert words([box]) == [word]


def test_too_few_people_say_nothing() -> None:
    assert words([(0.4, 0.5, 0.1, 0.5)], views=LEAST_BOXES - 1) == ["nobody"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"dark": 0.6}, "too-dark"), ({"bright": 0.2}, "too-bright"), ({"frames_per_second": 3.0}, "slow"),
        ({"moving": True}, "moving"),
    ],
)  # fmt: skip
def test_the_picture_itself_may_be_at_fault(changes: dict[str, Any], word: str) -> None:
    assert word in words([GOOD], **changes)


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=60))
def test_advice_has_words_for_any_people(people: list[Box]) -> None:
    for word in advice_from([replace(EMPTY, people=tuple(people))], 60):
        assert word["word"]
        assert all(isinstance(value, str | int | float) for value in word.values())


# ---- the ground plane


def seen(distance_m: float, height_m: float = 1.75) -> list[View]:
    return [replace(EMPTY, people=(person(0.5, distance_m, height_m), person(0.2, 30.0)))] * 8


def test_two_spots_tell_how_high_the_camera_hangs() -> None:
    plane, doubt = plane_from(measure(seen(4.5), 1.75), measure(seen(12.0), 1.75), None)
    assert plane.camera_m == pytest.approx(CAMERA_M, rel=0.02)
    assert doubt < 0.15
    plane, _ = plane_from(measure(seen(4.5), 1.75), measure(seen(12.0), 1.75), 12.0)
    assert plane.view_deg == pytest.approx(70, abs=2)


@pytest.mark.parametrize(
    ("views", "words_"),
    [
        ([EMPTY] * 8, "nobody is seen"),
        (seen(5.0)[: LEAST_VIEWS - 1], "nobody is seen"),
        (seen(1.5), "cut off"),
    ],
)
def test_what_cannot_be_measured_is_told(views: list[View], words_: str) -> None:
    with pytest.raises(BoothError, match=words_):
        measure(views, 1.75)


def test_spots_that_are_swapped_are_refused_in_words() -> None:
    with pytest.raises(BoothError, match="swapped"):
        plane_from(measure(seen(12.0), 1.75), measure(seen(4.5), 1.75), None)


def test_two_spots_alike_are_refused_in_words() -> None:
    with pytest.raises(BoothError, match="near"):
        plane_from(measure(seen(6.0), 1.75), measure(seen(6.1), 1.75), None)
