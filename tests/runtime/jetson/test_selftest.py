"""The Jetson's self-test on made-up boards: what is well, what is not, and one cure in one line for each fault."""

from __future__ import annotations

import itertools
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from appliance.config import Camera
from appliance.errors import BoothError
from appliance.runtime.checks import Checks, NotChecked
from appliance.runtime.jetson.board import Board
from appliance.runtime.jetson.driver import Driver
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.nvbufsurface import CUDA_DEVICE
from appliance.runtime.jetson.selftest import Bench, check_buffers, check_elements, checks
from appliance.verbs.doctor import FAILED, OK, SKIPPED, Finding, find
from tests.cures import assert_it_helps
from tests.fakes_tensorrt.versions import fake_tensorrt
from tests.runtime.jetson.boards import super_nano, thor
from tests.runtime.jetson.fakes.elements import JETSON, installed
from tests.runtime.jetson.fakes.images import Images
from tests.runtime.jetson.fakes.stage import Stage
from tests.runtime.jetson.fakes.surfaces import Kind

ORIN, THOR = Kind(pitch_extra=32), Kind(mem_type=CUDA_DEVICE, pitch_extra=32)


class Lent:
    """A driver that others use too: closing it is only counted."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.closed = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def lent(any_driver: Driver) -> Lent:
    return Lent(any_driver)


@pytest.fixture
def bench(lent: Lent, images: Images) -> Bench:
    """A bench whose surfaces are those of the stage that `look` sets."""
    return bench_of(lent, Stage(images, ORIN, faithful=True))


def bench_of(lent: Lent, stage: Stage) -> Bench:
    return Bench(lambda: Gpu(cast(Driver, lent)), lambda: stage.library)


def look(lent: Lent, stage: Stage, **keys: Any) -> str:
    """What the zero-copy check finds on this stage; all that was opened is closed again."""
    # Other tests may have left something to the driver and the library that all share.
    before = left_on(stage)
    with installed(stage, *JETSON), bench_of(lent, stage) as bench:
        bench.check_gpu()
        try:
            return bench.check_zero_copy(Camera.model_validate(keys))
        finally:
            assert left_on(stage) == before


def left_on(stage: Stage) -> tuple[int, int]:
    """Registrations and EGL images that live."""
    return stage.images.registered(), stage.library.living_images


def no_gpu() -> Gpu:
    raise BoothError("no CUDA device can be used; set wing: cpu")


def findings_of(parts: Checks) -> dict[str, Finding]:
    return {part: find(part, check) for part, check in parts}


def test_a_red_picture_comes_through_surfaces_of_either_board(lent: Lent, images: Images) -> None:
    seen = look(lent, Stage(images, ORIN, faithful=True))
    assert re.fullmatch(
        r"surface array, NV12, pitch 352, frameType 1, EGL colour format 1; red is read as 25[0-5], \d, \d",
        seen,
    )
    assert look(lent, Stage(images, THOR, faithful=True)).startswith("CUDA device, NV12, pitch 352; red is")


@pytest.mark.parametrize(
    ("kind", "culprit"),
    [
        (replace(ORIN, layout=1), "block-linear"),
        (replace(ORIN, frame_type=0), "frameType 0"),
        (replace(ORIN, egl_colour=7), "colour format 7"),
        (replace(ORIN, color_format=2), "colour format 2"),
        (replace(ORIN, mem_type=3), "memType 3"),
    ],
)
def test_a_surface_that_is_not_as_we_think_fails_by_name(
    lent: Lent, images: Images, kind: Kind, culprit: str
) -> None:
    with pytest.raises(BoothError, match=rf"test:red: .*{culprit}.*camera\.nvmm: off"):
        look(lent, Stage(images, kind, faithful=True))


def test_a_picture_of_another_colour_fails(lent: Lent, images: Images) -> None:
    with pytest.raises(BoothError, match=r"a red picture is read as .*set camera\.nvmm: off"):
        look(lent, Stage(images, ORIN))


def test_zero_copy_is_not_checked_where_it_is_off_or_cannot_be(lent: Lent, images: Images) -> None:
    with pytest.raises(NotChecked, match=r"camera\.nvmm is off"):
        look(lent, Stage(images, ORIN), nvmm=False)
    with bench_of(lent, Stage(images, ORIN)) as bench:
        with pytest.raises(NotChecked, match="the GPU does not open, see gpu"):
            bench.check_zero_copy(Camera())
        bench.check_gpu()
        with pytest.raises(NotChecked, match="see elements"):
            bench.check_zero_copy(Camera())


def test_the_kernels_are_tried_on_an_open_gpu_only(lent: Lent, bench: Bench) -> None:
    with bench:
        with pytest.raises(NotChecked, match="see gpu"):
            bench.check_kernels()
        assert "compute capability" in bench.check_gpu()
        assert "as NumPy has them" in bench.check_kernels()
        assert lent.closed == 0
    assert lent.closed == 1


def test_a_gpu_that_does_not_open_is_not_closed(tmp_path: Path) -> None:
    found = findings_of(checks(Camera(), Board(tmp_path, {}, (3, 10)), no_gpu))
    assert found["gpu"].state == FAILED
    assert {found[part].state for part in ("kernels", "zero-copy")} == {SKIPPED}


def test_a_good_board_passes_from_the_ground_up(
    tmp_path: Path, lent: Lent, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorrt", fake_tensorrt("10.3"))
    stage = Stage(images, THOR, faithful=True)
    with installed(stage, *JETSON):
        board = Board(super_nano(tmp_path), {}, (3, 10))
        found = findings_of(checks(Camera(), board, lambda: Gpu(cast(Driver, lent))))
    assert {part for part, finding in found.items() if finding.state != OK} == {"surfaces"}, found
    assert "no nvbufsurface.h" in found["surfaces"].detail
    assert lent.closed == 1


def test_nothing_is_opened_before_a_check_is_called() -> None:
    def never() -> Gpu:
        raise AssertionError("opened")

    assert len([part for part, _ in checks(Camera(), open_gpu=never)]) == 16


def test_nvidias_elements_are_named_when_they_lack(images: Images) -> None:
    with installed(Stage(images), *JETSON):
        assert check_elements() == "nvvidconv, nvv4l2decoder, nvarguscamerasrc"
    with pytest.raises(BoothError, match=r"no nvvidconv, .*: apt-get install nvidia-l4t-gstreamer"):
        check_elements()
    assert "hash()" in check_buffers()


def test_every_fault_has_its_cure_in_one_line(tmp_path: Path) -> None:
    boards = [
        Board(tmp_path / "nothing", {"DISPLAY": ":0"}, (3, 11)),
        Board(thor(tmp_path / "thor"), {}, (3, 10)),
        Board(super_nano(tmp_path / "nano"), {}, (3, 12)),
    ]
    found = [findings_of(checks(Camera(), board, no_gpu)).values() for board in boards]
    for finding in itertools.chain(*found):
        assert_it_helps(finding)
