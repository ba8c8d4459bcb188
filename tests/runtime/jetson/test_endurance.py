"""The whole wing for longer and through faults: nothing grows, nobody else touches the device, a fault is a state."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.app import Eyes, make_pipeline
from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.vitals import read_vitals
from appliance.records import Frame
from appliance.runtime.jetson import replay
from appliance.runtime.jetson.camera import JetsonCamera
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.replay import MOST_GRAPHS, Replays
from appliance.runtime.jetson.tensor import Tensor
from appliance.runtime.player import Player
from appliance.verbs.figures import Figures
from appliance.verbs.lookout import Lookout
from appliance.vision.pipeline import Step
from tests.runtime.jetson.fakes.elements import JETSON, installed
from tests.runtime.jetson.fakes.images import ShimImages
from tests.runtime.jetson.fakes.stage import Stage
from tests.runtime.jetson.fakes.surfaces import Kind
from tests.runtime.jetson.shim.build import compiler
from tests.runtime.jetson.watched import FAULT, Watched
from tests.runtime.jetson.wing import jetson_eyes

SCALE = 0.4
"Of the pictures: the shim takes its time for each pixel."
FRAMES, WALKS = 12, 3
FEW_LAUNCHES = 3
"Of a frame in which nobody is to be measured: the letterbox, the network as a graph, the boxes."
MOST_LAUNCHES, MOST_WAITS = 30, 12
"Of a frame in which two people are measured."
GARMENTS = {"min_height_px": 24, "min_width_px": 8, "views": 2}
SMALL = {"detector": {"width": 416, "height": 416}, "garments": GARMENTS}
LIVE = {"camera": {"source": "csi:0", "width": 64, "height": 64}, "detector": SMALL["detector"]}


@pytest.fixture(scope="module")
def driver(request: pytest.FixtureRequest) -> Watched:
    if request.config.getoption("--driver") != "shim":
        pytest.skip("looks behind the shim, which does not run here")
    if compiler() is None:
        pytest.skip("g++ is not installed: the kernels cannot run behind the shim")
    return Watched()


@pytest.fixture(scope="module")
def device(driver: Watched) -> Gpu:
    return Gpu(driver)


@pytest.fixture(scope="module")
def eyes(device: Gpu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eyes]:
    with jetson_eyes(device, Settings.model_validate(SMALL), tmp_path_factory.mktemp("plans")) as eyes:
        yield eyes


@pytest.fixture(scope="module")
def pictures(street_video: Path) -> list[NDArray[np.uint8]]:
    """The beginning of the street, every second frame, small, RGB."""
    video = cv2.VideoCapture(str(street_video))
    read = [cv2.resize(video.read()[1], None, fx=SCALE, fy=SCALE) for _ in range(2 * FRAMES)]
    return [np.ascontiguousarray(picture[:, :, ::-1]) for picture in read[::2]]


@dataclass(frozen=True)
class Load:
    """What there is after a frame."""

    held_mb: float
    graphs: int
    tensors: int
    objects: int

    @classmethod
    def of(cls, device: Gpu, driver: Watched) -> Load:
        gc.collect()
        objects = gc.get_objects()
        tensors = sum(isinstance(one, Tensor) for one in objects)
        return cls(device.held_mb, driver.graphs, tensors, len(objects))


def walk(
    eyes: Eyes, pictures: list[NDArray[np.uint8]], told: Callable[[], None] = lambda: None
) -> list[Step]:
    """The pictures through a pipeline of their own to its end; `told` is called after each."""
    height, width = pictures[0].shape[:2]
    frames = [Frame(picture, width, height, 0.2 * number, number) for number, picture in enumerate(pictures)]
    pipeline, steps = make_pipeline(Settings.model_validate(SMALL), eyes, None, frames[0]), []
    for frame in frames:
        steps.append(pipeline.step(replace(frame, pixels=eyes.image.upload(frame.pixels))))
        told()
    return [*steps, pipeline.finish(0.2 * len(frames))]


def assert_same(ours: list[Step], theirs: list[Step]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one.tracks.boxes, other.tracks.boxes)
        for passage, twin in zip(one.passages, other.passages, strict=True):
            for name, row in passage.measures.items():
                np.testing.assert_array_equal(row, twin.measures[name])


def test_nothing_grows_and_recordings_change_no_figure(
    driver: Watched,
    device: Gpu,
    eyes: Eyes,
    pictures: list[NDArray[np.uint8]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay, "SETTLED_RUNS", 1_000_000)
    plain = walk(eyes, pictures)
    assert any(passage.measures for step in plain for passage in step.passages)
    assert driver.graphs == 0
    monkeypatch.setattr(replay, "SETTLED_RUNS", 1)
    loads = []
    for _ in range(WALKS):
        assert_same(walk(eyes, pictures), plain)
        loads.append(Load.of(device, driver))
    settled, last = loads[-2:]
    assert last.held_mb == settled.held_mb
    assert last.tensors <= settled.tensors
    assert abs(last.objects - settled.objects) < 0.001 * settled.objects
    assert 2 <= last.graphs <= 3 * MOST_GRAPHS


def test_a_frame_costs_a_few_launches_and_waits(
    driver: Watched, eyes: Eyes, pictures: list[NDArray[np.uint8]]
) -> None:
    counts = [(driver.launches, driver.waits)]
    walk(eyes, pictures, lambda: counts.append((driver.launches, driver.waits)))
    launches, waits = np.diff(counts, axis=0).T
    assert launches.min() <= FEW_LAUNCHES
    assert waits.min() == 1
    assert launches.max() <= MOST_LAUNCHES
    assert waits.max() <= MOST_WAITS


class Trigger(Figures):
    """The vitals of a lookout that does something after so many frames."""

    def __init__(self, runtime: Path, frames: int, act: Callable[[], None]) -> None:
        super().__init__(runtime)
        self._left = frames
        self._act = act

    def frame(self, step: Step, late: int, now_s: float) -> bool:
        self._left -= 1
        if self._left == 0:
            self._act()
        return super().frame(step, late, now_s)


class Street:
    """A live CSI camera of fakes before a lookout on the watched device."""

    def __init__(self, device: Gpu, driver: Watched, eyes: Eyes, folder: Path) -> None:
        self.stage = Stage(ShimImages(driver), Kind(pitch_extra=32), frame_rate=100)
        self.folder = folder
        self.stop = threading.Event()
        self.cameras: list[JetsonCamera] = []
        folders = {"state": folder, "runtime": folder / "run"}
        self._settings = Settings.model_validate({**LIVE, "folders": folders})

        def open_camera(*settings: Any, live: bool) -> JetsonCamera:
            library = self.stage.library
            camera = JetsonCamera(*settings, live=live, gpu=device, open_library=lambda: library)
            self.cameras.append(camera)
            return camera

        self._eyes = replace(eyes, wing=replace(eyes.wing, camera=partial(open_camera)))

    def look(self, frames: int, act: Callable[[], None] | None = None) -> None:
        """Look for so many frames, then act, or stop."""
        figures = Trigger(self.folder / "run", frames, act or self.stop.set)
        figures.set(state="starting", inference="ok")
        with installed(self.stage, *JETSON):
            Lookout(self._settings, self._eyes, None, figures).run(self.stop)

    def told(self) -> dict[str, Any]:
        return read_vitals(self.folder / "run", "vision") or {}


@pytest.fixture
def street(device: Gpu, driver: Watched, eyes: Eyes, tmp_path: Path) -> Street:
    return Street(device, driver, eyes, tmp_path)


def test_no_thread_but_the_loop_s_own_touches_the_device(
    street: Street, driver: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked, streaming, note = set[int](), set[int](), Player._note_arrival
    monkeypatch.setattr(Gpu, "check_thread", lambda _: checked.add(threading.get_ident()))

    def note_thread(player: Player, pad: Any, info: Any) -> Any:
        streaming.add(threading.get_ident())
        return note(player, pad, info)

    monkeypatch.setattr(Player, "_note_arrival", note_thread)
    driver.threads.clear()
    street.look(12)
    assert driver.threads == checked == {threading.get_ident()}
    assert streaming
    assert threading.get_ident() not in streaming


def assert_let_go(street: Street) -> None:
    for camera in street.cameras:
        assert not camera.way.holds
    assert street.stage.library.living_images == 0


@pytest.mark.parametrize("call", ["wait", "launch", "copy_out", "launch_graph"])
def test_a_fault_of_the_device_is_a_state_and_ends_the_process(
    street: Street, driver: Watched, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(replay, "SETTLED_RUNS", 1)

    def fail() -> None:
        driver.calls.clear()
        driver.fails = call

    with pytest.raises(BoothError) as raised:
        street.look(6, fail)
    assert str(raised.value) == FAULT
    assert_let_go(street)
    told = street.told()
    assert (told["state"], told["inference"], told["people"]) == ("failed", FAULT, 0)
    assert sum(driver.calls.values()) < 20
    driver.heal()
    street.look(3)
    assert_let_go(street)
    told = street.told()
    assert (told["state"], told["inference"], told["reason"]) == ("stopped", "ok", "told to stop")


def test_a_fault_of_tensorrt_is_a_state_and_ends_the_process(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Replays, "find", lambda *_: None)
    with pytest.raises(BoothError, match=r"plan: TensorRT failed \(.*; restart the booth"):
        street.look(3, lambda: monkeypatch.setenv("FAKE_TENSORRT_FAULT", "norun"))
    assert_let_go(street)
    assert street.told()["state"] == "failed"
    assert "restart the booth" in street.told()["inference"]
