"""The wall round the technician's drawing: of a real street's passers-by, and of a canary that walks there, no line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from appliance.app import Eyes, make_pipeline
from appliance.config import Camera, Settings
from appliance.records import FloatArray, Frame, MaskArray
from appliance.runtime.cpu.camera import CpuCamera
from appliance.vision.aim import LONGEST_SIDE, Aim, Sight
from appliance.vision.edges import edges_of, widened
from appliance.vision.reference import covered

EVERY = 5
"Frames of a video of ten a second: two looks a second."
LOOKS = 70
MARGIN = 0.02
"What is drawn on people's own lines may be so much more than what is drawn beside them."
CHECK = 6
"Pixels of the frame: side of the squares of a canary's coat, one pixel of the drawing or more."


@dataclass(frozen=True)
class Watched:
    """What a session of half a minute saw."""

    sight: Sight
    people: list[tuple[MaskArray, MaskArray]]
    "For each look: what is under anybody's box, and the lines of the picture there, street and people."
    pictures: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]


def frames(video: Path) -> Iterator[Frame]:
    camera = CpuCamera(Camera(source=str(video)), live=False)
    try:
        for number in range(EVERY * LOOKS):
            frame = camera.take(10)
            assert frame is not None
            if number % EVERY == 0:
                yield frame
    finally:
        camera.close()


def watch(eyes: Eyes, shown: Iterator[Frame]) -> Watched:
    """Aim at a street through the real detector and tracker."""
    aim, pipeline, people, pictures = None, None, [], []
    sight: Sight | None = None
    for frame in shown:
        pipeline = pipeline or make_pipeline(Settings(), eyes, None, frame)
        aim = aim or Aim(eyes.image, frame)
        step = pipeline.step(frame)
        sight = aim.look(frame, step.shown, step.covered, frame.captured_s)
        height, width = sight.lines.shape
        picture = eyes.image.glance(frame, width, height)
        pictures.append(picture)
        people.append((within(step.shown, frame, width, height), edges_of(picture.astype(np.float32))))
    assert sight is not None
    return Watched(sight, people, pictures)


def within(boxes: FloatArray, frame: Frame, width: int, height: int) -> MaskArray:
    """Pixels of the drawing under boxes (N, 4) in pixels of the frame, not grown."""
    mask = np.zeros((height, width), np.bool_)
    scale = np.tile(np.array([width / frame.width, height / frame.height]), 2)
    for left, top, right, bottom in (boxes * scale).round().astype(int).clip(0).tolist():
        mask[top:bottom, left:right] = True
    return mask


@pytest.fixture(scope="module")
def watched(small_eyes: Eyes, street_video: Path) -> Watched:
    return watch(small_eyes, frames(street_video))


def drawn_on_people(watched: Watched) -> tuple[float, float]:
    """Share of people's own lines that are in the drawing, and of the pixels beside them that are."""
    empty = np.median(np.stack(watched.pictures), axis=0).astype(np.float32)
    street = widened(edges_of(empty), 1)
    own = np.zeros_like(street)
    theirs = np.zeros_like(street)
    for under, lines in watched.people:
        own |= under & lines & ~street
        theirs |= under & ~street
    beside = theirs & ~own
    assert own.sum() > 300, "nobody came, so nothing was put to the test"
    return float(watched.sight.lines[own].mean()), float(watched.sight.lines[beside].mean())


def test_the_street_itself_is_drawn(watched: Watched) -> None:
    assert watched.sight.unseen.mean() < 0.1
    assert watched.sight.lines.mean() > 0.05


def test_no_line_of_a_passer_by_is_drawn(watched: Watched) -> None:
    on, beside = drawn_on_people(watched)
    assert on - beside < MARGIN


@pytest.mark.parametrize("seen", [True, False])
def test_no_line_of_a_canary_that_walks_through_is_drawn(
    small_eyes: Eyes, street_video: Path, watched: Watched, seen: bool
) -> None:
    """Checks of black and white on a walker, who is found by the detector or, as a blot without a head, never."""
    width, height = watched.sight.lines.shape[::-1]
    painted = np.zeros((height, width), np.bool_)

    def with_canary() -> Iterator[Frame]:
        for number, frame in enumerate(frames(street_video)):
            pixels, (left, top) = frame.pixels.copy(), (10 * number, 300)
            part = pixels[top : top + 160, left : left + 60]
            rows, columns = np.mgrid[: part.shape[0], : part.shape[1]] // CHECK % 2
            part[:] = 255 * (rows ^ columns)[..., None]
            box = np.array([[left, top, left + 60, top + 160]], np.float32)
            painted[:] |= covered(box / np.tile([frame.width, frame.height], 2), width, height)
            yield replace(frame, pixels=pixels)

    aim = Watching(small_eyes, seen)
    lines, unseen = aim.drawing(with_canary())
    clean = Watching(small_eyes, seen=False).drawing(frames(street_video))[0]
    there = painted & ~unseen
    assert there.mean() > 0.05
    # What differs from the drawing of the same street without the canary, where it walked and anywhere.
    assert (lines ^ clean)[there].mean() < 0.02


class Watching:
    """An aim at a street whose detector sees only what it is told of the canary, or nobody at all."""

    def __init__(self, eyes: Eyes, seen: bool) -> None:
        self._eyes = eyes
        self._seen = seen

    def drawing(self, shown: Iterator[Frame]) -> tuple[MaskArray, MaskArray]:
        aim, sight = None, None
        for number, frame in enumerate(shown):
            aim = aim or Aim(self._eyes.image, frame)
            left = 10.0 * number
            box = np.array([[left, 300, left + 60, 460]] if self._seen else np.zeros((0, 4)), np.float32)
            sight = aim.look(frame, box, box, frame.captured_s)
        assert sight is not None
        return sight.lines, sight.unseen


def test_the_picture_behind_it_is_too_small_for_a_face() -> None:
    """Heads of people who fill a third of the picture's height are seven pixels wide."""
    assert LONGEST_SIDE == 192
