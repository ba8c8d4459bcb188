"""The light of a street: people have no part in it, clouds are followed slowly, a dim street stays dim."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.records import FloatArray, Frame
from appliance.runtime.cpu.image import CpuImageOps
from appliance.vision.light import FOLLOW_S, GAIN_LIMITS, LOOK_EVERY_S, WHITE, Light
from tests.streets import boxes, frame

PERSON = boxes((200, 60, 300, 400))


class Sky:
    """Image operations that see the highlight they are told, and count the looks."""

    def __init__(self, *white: float) -> None:
        self.white = white
        self.looks = 0

    def highlights(self, seen: Frame, people: FloatArray) -> FloatArray:
        self.looks += 1
        return np.array(self.white, np.float32)


def light(sky: Sky) -> Light:
    return Light(cast(Any, sky))


def at(now_s: float) -> Frame:
    return frame(at_s=now_s)


def test_gains_bring_the_street_s_white_to_white() -> None:
    np.testing.assert_allclose(light(Sky(245, 196, 122.5)).gains(at(0), boxes()), [1, 1.25, 2])


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_gains_are_the_same_whatever_people_wear(seed: int) -> None:
    rng = np.random.default_rng(seed)
    street = np.full((480, 640, 3), (120, 130, 140), np.uint8)
    street[:60] = (180, 200, 220)
    first = Light(CpuImageOps()).gains(frame(street), PERSON)
    street[60:400, 200:300] = rng.integers(0, 256, (340, 100, 3))
    np.testing.assert_array_equal(Light(CpuImageOps()).gains(frame(street), PERSON), first)
    np.testing.assert_allclose(first, WHITE / np.array([180, 200, 220]), rtol=1e-3)


@pytest.mark.parametrize(("white", "limit"), [(20, GAIN_LIMITS[1]), (0, GAIN_LIMITS[1])])
def test_a_dim_street_is_not_made_bright_at_any_price(white: float, limit: float) -> None:
    assert light(Sky(white, white, white)).gains(at(0), boxes()).tolist() == [limit] * 3


def test_a_cloud_is_followed_slowly() -> None:
    sky = Sky(200, 200, 200)
    slow = light(sky)
    before = slow.gains(at(0), boxes())[0]
    sky.white = (100, 100, 100)
    soon = slow.gains(at(2), boxes())[0]
    for second in range(3, round(FOLLOW_S) + 1):
        later = slow.gains(at(second), boxes())[0]
    assert before < soon < 1.1 * before
    assert WHITE / later == pytest.approx(100 + 100 * np.exp(-1), abs=2)


def test_how_often_frames_come_does_not_change_what_is_followed() -> None:
    ends = []
    for step_s in (1.0, 2.5, 10.0):
        sky = Sky(200, 200, 200)
        seen = light(sky)
        seen.gains(at(0), boxes())
        sky.white = (100, 120, 140)
        for tick in range(1, round(20 / step_s) + 1):
            gains = seen.gains(at(tick * step_s), boxes())
        ends.append(gains)
    np.testing.assert_allclose(ends[1:], [ends[0]] * 2, rtol=1e-4)


def test_the_street_is_looked_at_once_a_second() -> None:
    sky = Sky(200, 200, 200)
    seen = light(sky)
    for tick in range(100):
        seen.gains(at(tick * 0.1), boxes())
    assert sky.looks == pytest.approx(10 / LOOK_EVERY_S, abs=1)


def test_a_clock_that_jumps_back_neither_stops_nor_turns_the_light() -> None:
    sky = Sky(200, 200, 200)
    seen = light(sky)
    before = seen.gains(at(1000), boxes())
    sky.white = (100, 100, 100)
    np.testing.assert_array_equal(seen.gains(at(10), boxes()), before)
    after = seen.gains(at(10 + FOLLOW_S), boxes())
    assert (after > 1.3 * before).all()


def test_each_source_has_its_own_light() -> None:
    first, second = light(Sky(200, 200, 200)), light(Sky(100, 100, 100))
    assert first.gains(at(0), boxes())[0] != second.gains(at(0), boxes())[0]
