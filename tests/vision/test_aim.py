"""What a technician is told of a camera: where people are, the light without them, and whether it moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.records import FloatArray, Frame
from appliance.runtime.cpu.image import CpuImageOps
from appliance.vision.aim import LONGEST_SIDE, Aim, Sight
from tests.streets import boxes, frame
from tests.vision.empty_street import noisy, street

NOBODY = boxes()
SCALE = 4
"Pixels of a frame for each of the drawing."


def shot(shift: int = 0, light: float = 1.0, seed: int = 0) -> Frame:
    """The made-up street as a camera sees it that is turned by so many pixels of the frame."""
    picture = noisy(street(), np.random.default_rng(seed), 1.5) * light
    pixels = np.kron(picture, np.ones((SCALE, SCALE)))
    return frame(
        np.repeat(np.roll(pixels, shift, axis=1)[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)
    )


def aim() -> Aim:
    return Aim(CpuImageOps(), shot())


def look(at: Aim, seen: Frame, now_s: float, people: FloatArray = NOBODY) -> Sight:
    return at.look(seen, people, people, now_s)


def watched(at: Aim, begin_s: float, seconds: float, shift: int = 0) -> list[Sight]:
    times_s = begin_s + np.arange(0, seconds, 0.25)
    return [look(at, shot(shift, seed=number), float(now_s)) for number, now_s in enumerate(times_s)]


def test_people_are_boxes_in_shares_within_the_picture() -> None:
    seen = shot()
    sight = look(aim(), seen, 0.0, boxes((-10, 0, seen.width / 2, seen.height / 4)))
    np.testing.assert_allclose(sight.people, [[0, 0, 0.5, 0.25]])
    assert look(aim(), seen, 0.0).people.shape == (0, 4)


@pytest.mark.parametrize(
    ("width", "height", "drawn"), [(1280, 720, (192, 108)), (720, 1280, (108, 192)), (64, 64, (192, 192))]
)
def test_the_drawing_has_the_shape_of_the_picture(width: int, height: int, drawn: tuple[int, int]) -> None:
    seen = frame(np.zeros((height, width, 3), np.uint8))
    sight = look(Aim(CpuImageOps(), seen), seen, 0.0)
    assert sight.lines.shape == sight.unseen.shape == drawn[::-1]
    assert max(drawn) == LONGEST_SIDE


def test_a_still_camera_draws_the_street_after_ten_seconds() -> None:
    sights = watched(aim(), 0.0, 14.0)
    assert not any(sight.moving for sight in sights)
    assert sights[0].unseen.all()
    assert not sights[-1].unseen.any()
    assert sights[-1].lines.any()


@pytest.mark.parametrize("shift", [6, 20, 200])
def test_a_camera_that_is_turned_is_noticed_and_the_drawing_begins_anew(shift: int) -> None:
    at = aim()
    watched(at, 0.0, 14.0)
    turned = look(at, shot(shift), 14.0)
    assert turned.moving
    assert turned.unseen.all()
    assert not turned.lines.any()
    after = watched(at, 14.25, 14.0, shift)
    assert not any(sight.moving for sight in after)
    assert not after[-1].unseen.any()


def test_a_camera_that_turns_slowly_is_noticed() -> None:
    at = aim()
    sights = [look(at, shot(shift), 0.25 * shift) for shift in range(24)]
    assert any(sight.moving for sight in sights)


def test_a_cloud_is_no_movement() -> None:
    at = aim()
    sights = [look(at, shot(light=1 - 0.01 * number), 0.25 * number) for number in range(30)]
    assert not any(sight.moving for sight in sights)
    assert sights[-1].brightness < sights[0].brightness


def test_a_plain_wall_s_noise_is_no_movement() -> None:
    rng, at = np.random.default_rng(0), aim()
    for number in range(20):
        grey = rng.normal(120, 4, (432, 768, 3)).clip(0, 255).astype(np.uint8)
        assert not look(at, frame(grey), 0.25 * number).moving


def test_the_light_is_that_without_people() -> None:
    dark = frame(np.full((432, 768, 3), 100, np.uint8))
    dark.pixels[:, 384:] = 255
    people = boxes((384, 0, 768, 432))
    told = look(aim(), dark, 0.0, people)
    whole = look(aim(), dark, 0.0)
    assert (told.bright, told.dark) == (0, 0)
    assert told.brightness == pytest.approx(100 / 255, abs=0.01)
    assert whole.bright == pytest.approx(0.5, abs=0.02)
    black = look(aim(), frame(np.zeros((432, 768, 3), np.uint8)), 0.0)
    assert (black.dark, black.brightness) == (1, 0)


def test_a_picture_full_of_people_tells_nothing() -> None:
    at, crowd = aim(), boxes((0, 0, 768, 432))
    for number in range(60):
        sight = look(at, replace(shot(seed=number)), 0.25 * number, crowd)
        assert not sight.moving
        assert sight.unseen.all()
        assert sight.focus == (None,) * 9
        assert sight.in_focus is None
