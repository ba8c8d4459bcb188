"""The Jetson's camera on fakes of NVIDIA's elements: unchanged launch lines, and pixels that never see the host."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.config import Camera
from appliance.errors import SourceError
from appliance.records import Frame
from appliance.runtime.jetson.camera import JetsonCamera
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.nvbufsurface import CUDA_DEVICE
from appliance.runtime.jetson.nvmm import Nvmm, SurfaceRefused
from appliance.runtime.seam import EndOfSource
from tests.fakes import Deliver, Fail, Freeze
from tests.runtime.jetson.fakes.elements import JETSON, installed
from tests.runtime.jetson.fakes.images import Images
from tests.runtime.jetson.fakes.samples import planes_of
from tests.runtime.jetson.fakes.stage import STEPS, Stage
from tests.runtime.jetson.fakes.surfaces import Kind
from tests.videos import numbered, write_video

Acts = Sequence[Deliver | Freeze | Fail]
PATIENCE_S = 10.0
SIZE = {"width": 64, "height": 64}
ORIN, THOR = Kind(pitch_extra=32), Kind(mem_type=CUDA_DEVICE, pitch_extra=32)


@contextmanager
def opened(
    stage: Stage, gpu: Gpu, source: str = "csi:0", *, live: bool = True, **keys: Any
) -> Iterator[JetsonCamera]:
    """The camera on a stage; at the end everything that was taken has been given back."""
    names = (*JETSON, "v4l2src") if source.startswith("v4l2:") else JETSON
    with installed(stage, *names):
        settings = Camera.model_validate({"source": source, **SIZE, **keys})
        camera = JetsonCamera(settings, live=live, gpu=gpu, open_library=lambda: stage.library)
        try:
            yield camera
        finally:
            camera.close()
    assert_all_given_back(camera, stage)


def assert_all_given_back(camera: JetsonCamera, stage: Stage) -> None:
    assert not camera.way.holds
    if isinstance(camera.way, Nvmm):
        assert camera.way.buffers.mapped == camera.way.buffers.unmapped
        assert camera.way.registrations.registered == camera.way.registrations.unregistered
    assert stage.images.registered() == 0
    assert stage.library.living_images == 0


def taken(camera: JetsonCamera, wait_s: float = PATIENCE_S) -> Frame:
    frame = camera.take(wait_s)
    assert frame is not None
    return frame


def number(frame: Frame) -> int:
    """Its number in the picture; every byte must tell the same."""
    planes = planes_of(frame.pixels)
    levels = np.unique(np.concatenate([plane.ravel() for plane in planes]))
    assert len(levels) == 1
    return int(levels[0]) // 8


@pytest.mark.parametrize("kind", [ORIN, THOR])
def test_a_thousand_frames_leave_nothing_behind_and_never_see_the_host(
    images: Images, gpu: Gpu, kind: Kind
) -> None:
    stage = Stage(images, kind)
    with opened(stage, gpu) as camera:
        assert camera.path == "nvmm"
        for index in range(1000):
            assert taken(camera).index == index
        assert isinstance(camera.way, Nvmm)
        surfaces = kind.count if kind is ORIN else 0
        assert camera.way.buffers.mapped == 1000
        assert camera.way.registrations.registered == surfaces
    assert (gpu.copies.pixels_in, gpu.copies.figures_in, gpu.copies.figures_out) == (0, 0, 0)


@pytest.mark.parametrize("kind", [ORIN, THOR])
def test_pixels_are_those_of_this_frame_until_the_next_is_taken(images: Images, gpu: Gpu, kind: Kind) -> None:
    with opened(Stage(images, kind), gpu) as camera:
        for _ in range(20):
            frame = taken(camera)
            first = number(frame)
            threads_run_on()
            assert number(frame) == first


def threads_run_on() -> None:
    """Long enough for the camera to fill all its other surfaces."""
    time.sleep(0.01)


def words_at_the_end(camera: JetsonCamera) -> str:
    """Take frames until the camera fails; why."""
    try:
        while True:
            taken(camera)
    except SourceError as error:
        return str(error)


def test_the_newest_frame_wins_and_the_rest_is_counted(images: Images, gpu: Gpu) -> None:
    with opened(Stage(images, ORIN, frame_rate=200), gpu) as camera:
        first = number(taken(camera))
        for _ in range(10):
            threads_run_on()
        second = taken(camera)
        assert second.index == 1
        assert (number(second) - first) % STEPS > 1
        assert camera.late > 1


def test_frames_that_the_camera_dropped_are_missed_and_no_more(images: Images, gpu: Gpu) -> None:
    acts = [Deliver(3, dropped=5), Deliver(1)]
    with opened(Stage(images, ORIN, acts, frame_rate=50), gpu) as camera:
        numbers = [number(taken(camera))]
        while numbers[-1] != 8:  # a busy computer may miss one of its own
            numbers.append(number(taken(camera)))
    assert set(numbers) <= {0, 1, 2, 8}


def test_a_camera_that_freezes_gives_nothing_and_no_error(images: Images, gpu: Gpu) -> None:
    acts: Acts = [Deliver(1), Freeze(0.5), Deliver(1)]
    with opened(Stage(images, ORIN, acts), gpu) as camera:
        assert number(taken(camera)) == 0
        assert camera.take(0.05) is None
        assert not camera.way.holds
        assert number(taken(camera)) == 1


def test_an_error_in_the_middle_leaves_nothing_behind_and_the_camera_can_be_opened_again(
    images: Images, gpu: Gpu
) -> None:
    stage = Stage(images, ORIN, [Deliver(5), Fail("Argus timed out")], frame_rate=100)
    for _ in range(3):
        with opened(stage, gpu) as camera:
            assert "Argus timed out" in words_at_the_end(camera)
    assert stage.opened == 3
    assert len(stage.pools) == 6


def test_a_source_that_starts_again_gives_new_surfaces_and_the_old_are_forgotten(
    images: Images, gpu: Gpu
) -> None:
    with opened(Stage(images, ORIN), gpu) as camera:
        for _ in range(3):
            for _ in range(10):
                number(taken(camera))
            camera.close()
            assert isinstance(camera.way, Nvmm)
            assert len(camera.way.registrations) == 0
            camera._start()  # what the player itself does when a file stays silent


@pytest.mark.parametrize("offered", ["image/jpeg", "I420"])
def test_a_usb_camera_ends_in_nvmm_too(images: Images, gpu: Gpu, offered: str) -> None:
    stage = Stage(images, ORIN, camera=offered, frame_rate=50)
    with opened(stage, gpu, "v4l2:/dev/null") as camera:
        levels = [number(taken(camera)) for _ in range(5)]
        assert camera.path == "nvmm"
    assert all((later - earlier) % STEPS >= 1 for earlier, later in itertools.pairwise(levels))
    assert gpu.copies.pixels_in == 0


def test_a_recording_is_read_whole_in_replay(images: Images, gpu: Gpu, tmp_path: Path) -> None:
    file = write_video(tmp_path / "numbered.avi", numbered(20, 64, 64))
    with opened(Stage(images, THOR), gpu, str(file), live=False) as camera:
        numbers = [round(float(planes_of(taken(camera).pixels)[0].mean())) for _ in range(20)]
        with pytest.raises(EndOfSource):
            camera.take(PATIENCE_S)
        assert camera.length_s() == pytest.approx(2.0, abs=0.11)
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("source", "why"), [("csi:0", "software: camera.nvmm is off"), ("test:", "software: camera.nvmm is off")]
)
def test_on_the_software_path_each_frame_is_copied_once(
    images: Images, gpu: Gpu, source: str, why: str
) -> None:
    with opened(Stage(images), gpu, source, nvmm=False) as camera:
        assert camera.path == why
        for count in range(1, 6):
            taken(camera)
            assert gpu.copies.pixels_in == count * 64 * 64 * 3 // 2


def test_a_pc_without_nvidia_s_elements_shows_a_pattern(images: Images, gpu: Gpu) -> None:
    settings = Camera.model_validate({"source": "test:", **SIZE})
    camera = JetsonCamera(settings, live=False, gpu=gpu)
    assert camera.path == "software: no nvvidconv here"
    frame = taken(camera)
    assert (frame.width, frame.height) == (64, 64)
    assert len(np.unique(planes_of(frame.pixels)[0])) > 1
    camera.close()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (replace(ORIN, mem_type=6), "memType 6"),
        (replace(ORIN, layout=1), "block-linear"),
        (replace(ORIN, frame_type=0), "maps as arrays"),
        (replace(ORIN, color_format=2), "colour format 2"),
    ],
)
def test_surfaces_that_cannot_be_read_are_refused_with_the_cure(
    images: Images, gpu: Gpu, kind: Kind, words: str
) -> None:
    with opened(Stage(images, kind), gpu) as camera, pytest.raises(SurfaceRefused) as raised:
        taken(camera)
    assert words in str(raised.value)
    assert "set camera.nvmm: off" in str(raised.value)


def test_properties_reach_the_elements(images: Images, gpu: Gpu) -> None:
    stage = Stage(images, ORIN)
    sensor = {"anti_banding": 60, "gain": [1, 8], "exposure_ns": [34000, 8000000], "flip": "half-turn"}
    with opened(stage, gpu, csi=sensor) as camera:
        taken(camera)
    argus, converter = stage.seen["nvarguscamerasrc"], stage.seen["nvvidconv"]
    assert (argus["aeantibanding"], argus["gainrange"], argus["exposuretimerange"]) == (
        3,
        "1 8",
        "34000 8000000",
    )
    assert converter == {"bl-output": False, "flip-method": 2}


class Slow(Gpu):
    """A device that is still at work when the next frame is asked for."""

    waits = 0

    def __init__(self, images: Images) -> None:
        super().__init__(images.driver)
        self.camera: JetsonCamera | None = None

    def wait(self) -> None:
        assert self.camera is not None
        assert self.camera.way.holds, "the surface went back while the device may read it"
        self.waits += 1


@pytest.mark.parametrize("nvmm", [True, False])
def test_the_device_is_waited_for_before_a_surface_goes_back(images: Images, nvmm: bool) -> None:
    gpu = Slow(images)
    with opened(Stage(images, ORIN), gpu, nvmm=nvmm) as camera:
        gpu.camera = camera
        for _ in range(5):
            taken(camera)
    assert gpu.waits == 5
