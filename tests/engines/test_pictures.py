"""What networks are shown: frames spread over a source, people cut out as the booth cuts them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance.config import Settings
from appliance.errors import SourceError
from appliance.runtime.choose import Wing, cpu_wing
from engines.limits import APPEARANCE, BODY, DETECTOR
from engines.manifest import model_file
from engines.pictures import PEOPLE, Shown, painted_frames, show, street_frames
from tests.fakes import Deliver, End, Fail, FakeCamera, FakeClock

SMALL = Settings.model_validate({"detector": {"width": 416, "height": 416}})


def wing_with(camera: FakeCamera) -> Wing:
    return replace(cpu_wing(), camera=lambda settings, live: camera)


class Recording(FakeCamera):
    """A camera that knows how long it plays."""

    def length_s(self) -> float:
        return 10.0


def test_frames_are_spread_over_a_recording() -> None:
    camera = Recording(FakeClock(0.0), [Deliver(100), End()])
    at_s = [frame.captured_s for frame in street_frames("x.avi", live=False, count=5, wing=wing_with(camera))]
    assert np.diff(at_s) == pytest.approx(2.0, abs=0.11)
    assert camera.closed == 1


def test_a_camera_gives_one_frame_a_second() -> None:
    camera = FakeCamera(FakeClock(), [Deliver(1000)])
    frames = street_frames("v4l2:/dev/video0", live=True, count=4, wing=wing_with(camera))
    at_s = [frame.captured_s for frame in frames]
    assert np.diff(at_s) == pytest.approx(1.0, abs=0.11)
    assert camera.closed == 1


def test_a_short_recording_gives_what_it_has() -> None:
    camera = FakeCamera(FakeClock(), [Deliver(3), End()])
    assert len(list(street_frames("x.avi", live=False, wing=wing_with(camera)))) == 3


@pytest.mark.parametrize("act", [End(), Fail()])
def test_a_source_without_a_frame_is_named(act: End | Fail) -> None:
    camera = FakeCamera(FakeClock(), [act])
    with pytest.raises(SourceError, match=r"x\.avi: not one frame|lost|error"):
        list(street_frames("x.avi", live=False, wing=wing_with(camera)))
    assert camera.closed == 1


def test_painted_frames_are_the_same_each_time_and_differ_from_each_other() -> None:
    first, again = (list(itertools.islice(painted_frames(), 2)) for _ in range(2))
    assert all(np.array_equal(one.pixels, two.pixels) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[0].pixels, first[1].pixels)


def test_halves_share_no_picture() -> None:
    shown = Shown({BODY: np.arange(5, dtype=np.uint8)[:, None]}, np.eye(5, dtype=np.bool_))
    halves = [shown.part(first) for first in (0, 1)]
    assert [half.pictures[BODY].ravel().tolist() for half in halves] == [[0, 2, 4], [1, 3]]
    assert [len(half.masks) for half in halves] == [3, 2]


@pytest.fixture(scope="module")
def files() -> tuple[Path, Path]:
    try:
        return model_file("picodet-s", (416, 416)), model_file("blazepose")
    except Exception as error:
        pytest.skip(str(error))


def test_the_networks_see_the_painted_people(files: tuple[Path, Path]) -> None:
    shown = show(SMALL, files, painted_frames(3))
    assert shown.pictures[DETECTOR].shape == (3, 416, 416, 3)
    bodies, reliefs = shown.pictures[BODY], shown.pictures[APPEARANCE]
    assert bodies.shape[1:] == (256, 256, 3)
    assert 3 <= len(bodies) <= 3 * PEOPLE
    assert reliefs.shape[1:] == (256, 128, 3)
    assert 3 <= len(reliefs) <= len(bodies)
    assert shown.masks.shape == reliefs.shape[:3]
    assert shown.masks.any(axis=(1, 2)).all()


def test_no_frame_gives_no_picture_of_the_right_shapes(files: tuple[Path, Path]) -> None:
    shown = show(SMALL, files, [])
    assert [len(pictures) for pictures in shown.pictures.values()] == [0, 0, 0]
    assert shown.masks.shape == (0, 256, 128)
