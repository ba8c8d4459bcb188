"""The focus meter: less sharp is less, noise or not; people are not looked at, and the best is of this session."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.runtime.cpu.image import CpuImageOps
from appliance.vision.focus import LOOKS, Focus, blocks_of, shares_covered
from tests.streets import boxes, frame

Pixels = NDArray[np.uint8]
BLURS = (0.0, 0.7, 1.4, 2.5, 4.0, 7.0)
"Sigmas in pixels of a frame of 640 by 360."


def street(blur: float = 0.0, noise: float = 0.0, seed: int = 0) -> Pixels:
    """Cobbles and bricks under a lens that is so much out of focus, on a sensor with so much noise."""
    rng = np.random.default_rng(5)
    bricks = np.kron(rng.integers(40, 220, (45, 80)), np.ones((8, 8)))
    grain = rng.normal(0, 12, bricks.shape)
    picture = np.clip(bricks + grain, 0, 255).astype(np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    shot = picture[..., None] + np.random.default_rng(seed).normal(0, noise, (*picture.shape, 3))
    return np.asarray(shot.clip(0, 255), np.uint8)


def looked(pixels: Pixels) -> list[float]:
    found = Focus(CpuImageOps()).look(frame(pixels), boxes())
    assert all(one is not None for one in found)
    return [float(one or 0) for one in found]


@pytest.mark.parametrize("noise", [0.0, 4.0, 8.0])
def test_a_blurred_street_scores_lower_the_more_it_is_blurred(noise: float) -> None:
    scores = np.array([looked(street(blur, noise)) for blur in BLURS])
    assert (np.diff(scores, axis=0) < 0).all()


def test_noise_is_not_taken_for_detail() -> None:
    """A sharp street beside a blurred one that is as noisy as a street at night."""
    sharp, blurred = (np.array(looked(street(blur, 12.0))) for blur in (0.0, 4.0))
    assert (sharp > 10 * blurred).all()


def turned(focus: Focus, blur: float, looks: int = LOOKS) -> float | None:
    for seed in range(looks):
        focus.look(frame(street(blur, 3.0, seed)), boxes())
    return focus.of_the_best()


def test_the_meter_rises_to_the_best_falls_and_rises_again() -> None:
    focus = Focus(CpuImageOps())
    assert focus.of_the_best() is None
    meters = [turned(focus, blur) or 0.0 for blur in (4.0, 1.4, 0.0, 0.7, 2.5, 0.0)]
    assert meters[:3] == pytest.approx([1, 1, 1], abs=0.05)
    assert meters[2] > meters[3] > meters[4]
    assert meters[4] < 0.3
    assert meters[5] == pytest.approx(1, abs=0.05)


def test_somebody_overlooked_for_a_moment_does_not_set_the_best() -> None:
    focus = Focus(CpuImageOps())
    turned(focus, 2.5)
    checks = street(2.5, 3.0)
    checks[np.kron(np.indices((45, 80)).sum(axis=0) % 2, np.ones((8, 8))) > 0] = 255
    for _ in range(LOOKS // 2):
        focus.look(frame(checks), boxes())
    assert (turned(focus, 2.5) or 0) > 0.9


def test_where_somebody_is_nothing_is_measured_and_nothing_is_looked_at() -> None:
    pixels = street()
    people = boxes((220, 130, 420, 235))
    found = Focus(CpuImageOps()).look(frame(pixels), people)
    assert [one is None for one in found] == [False] * 4 + [True] + [False] * 4
    pixels[130:235, 220:420] = 0
    assert Focus(CpuImageOps()).look(frame(pixels), people) == found


def test_a_crowd_leaves_the_meter_where_it_was() -> None:
    focus = Focus(CpuImageOps())
    turned(focus, 0.0)
    assert focus.look(frame(street()), boxes((0, 0, 640, 360))) == (None,) * 9
    assert focus.of_the_best() == pytest.approx(1, abs=0.05)


@given(st.integers(1, 400), st.integers(1, 300))
def test_blocks_of_any_frame_lie_in_it_or_are_a_few_pixels(width: int, height: int) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    found = Focus(CpuImageOps()).look(frame(pixels), boxes())
    assert len(found) == 9
    blocks = blocks_of(frame(pixels))
    assert (blocks[:, 2:] <= (max(width, 6), max(height, 6))).all()


def test_nobody_covers_nothing() -> None:
    assert not shares_covered(blocks_of(frame()), boxes()).any()
