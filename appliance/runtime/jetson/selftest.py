"""What the Jetson wing needs of its board, and whether the board is as we think: nothing in, checks out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Any

from appliance.config import Camera
from appliance.errors import BoothError
from appliance.runtime.checks import Checks, NotChecked
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.access import check_access, check_display
from appliance.runtime.jetson.board import Board
from appliance.runtime.jetson.boxes import JetsonBoxOps
from appliance.runtime.jetson.camera import JetsonCamera
from appliance.runtime.jetson.condition import (
    check_figures,
    check_heat,
    check_power_mode,
    check_supply,
    check_swap,
)
from appliance.runtime.jetson.elements import CURE, Elements
from appliance.runtime.jetson.fatbin import MACHINES, fatbin_path
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.gstbuffer import Buffers
from appliance.runtime.jetson.image import JetsonImageOps
from appliance.runtime.jetson.jetpack import check_jetpack, check_tensorrt
from appliance.runtime.jetson.layouts import check_layouts
from appliance.runtime.jetson.neighbours import JetsonNeighbours
from appliance.runtime.jetson.nvbufsurface import NvBufSurface
from appliance.runtime.jetson.nvmm import Nvmm
from appliance.runtime.jetson.pycuda_driver import PycudaDriver
from appliance.runtime.jetson.trials import PLAIN, try_boxes, try_letterbox, try_neighbours, try_red
from appliance.runtime.plugins import check_gstreamer

ELEMENTS = ("nvvidconv", "nvv4l2decoder", "nvarguscamerasrc")
RED_PICTURE = {"source": "test:red", "width": 320, "height": 240}


def checks(camera: Camera, board: Board | None = None, open_gpu: Callable[[], Gpu] | None = None) -> Checks:
    """From the ground up. What opens the GPU, or looks at another board, can be given by tests."""
    board = board or Board()
    yield "jetpack", lambda: check_jetpack(board)
    yield "tensorrt", lambda: check_tensorrt(board)
    yield "gpu access", lambda: check_access(board)
    yield "display", lambda: check_display(board)
    with Bench(open_gpu or open_device) as bench:
        yield "gpu", bench.check_gpu
        yield "kernels", bench.check_kernels
        yield "gstreamer", check_gstreamer
        yield "elements", check_elements
        yield "buffers", check_buffers
        yield "surfaces", lambda: check_layouts(board.root)
        yield "zero-copy", lambda: bench.check_zero_copy(camera)
    yield "power mode", lambda: check_power_mode(board)
    yield "heat", lambda: check_heat(board)
    yield "supply", lambda: check_supply(board)
    yield "swap", lambda: check_swap(board)
    yield "sensors", lambda: check_figures(board)


def open_device() -> Gpu:
    """The first GPU, with the kernels. Raises BoothError naming what is missing."""
    return Gpu(PycudaDriver())


class Bench:
    """Owner of the GPU under test, opened by the first check that needs it."""

    def __init__(
        self, open_gpu: Callable[[], Gpu], open_library: Callable[[], NvBufSurface] = NvBufSurface
    ) -> None:
        self._open_gpu = open_gpu
        self._open_library = open_library
        self._gpu: Gpu | None = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._gpu is not None:
            self._gpu.close()
            self._gpu.driver.close()

    def check_gpu(self) -> str:
        """CUDA opens, and the kernels that were compiled ahead load."""
        self._gpu = self._open_gpu()
        driver = self._gpu.driver
        native = driver.capability.replace(".", "") in MACHINES
        code = "kernels made for it" if native else "kernels compiled as they load"
        return f"{driver.name}, compute capability {driver.capability}, {code}"

    def check_kernels(self) -> str:
        """Three of the booth's operations against answers that are known."""
        gpu = self._opened()
        try_boxes(JetsonBoxOps(gpu), gpu.put)
        try_letterbox(JetsonImageOps(gpu, PLAIN), gpu.figures)
        try_neighbours(lambda bank: JetsonNeighbours(gpu, bank))
        return f"{fatbin_path().name}: boxes, letterbox and neighbours as NumPy has them"

    def check_zero_copy(self, settings: Camera) -> str:
        """A red picture through the camera's own way: memory type, layout, formats and address are as we think."""
        if not settings.nvmm:
            raise NotChecked("camera.nvmm is off: each frame is copied once")
        gpu, gst = self._opened(), gstreamer()
        if not Elements(gst).has("nvvidconv"):
            raise NotChecked("no nvvidconv, see elements")
        camera = JetsonCamera(
            Camera.model_validate(RED_PICTURE), live=False, gpu=gpu, open_library=self._open_library
        )
        with contextlib.closing(camera):
            return self._look(gpu, camera, settings.first_frame_s)

    def _look(self, gpu: Gpu, camera: JetsonCamera, patience_s: float) -> str:
        copied = gpu.copies.pixels_in
        frame = camera.take(patience_s)
        if frame is None or not isinstance(camera.way, Nvmm):
            raise BoothError(f"nvvidconv: no picture in {patience_s:.0f} s; restart the board, then {CURE}")
        if gpu.copies.pixels_in != copied:
            raise BoothError("zero-copy: the host copied pixels on the way; tell the booth's makers")
        surface = camera.way.describe()
        return f"{surface}; red is read as {try_red(JetsonImageOps(gpu, PLAIN), frame)}"

    def _opened(self) -> Gpu:
        if self._gpu is None:
            raise NotChecked("the GPU does not open, see gpu")
        return self._gpu


def check_elements() -> str:
    """NVIDIA's elements, without which every frame is decoded and copied by the CPU."""
    elements = Elements(gstreamer())
    missing = [name for name in ELEMENTS if not elements.has(name)]
    if missing:
        raise BoothError(f"GStreamer has no {', '.join(missing)}: {CURE}")
    return ", ".join(ELEMENTS)


def check_buffers() -> str:
    """GStreamer's buffers are reached from Python as we think."""
    Buffers(gstreamer())
    return "hash() of a buffer is its address, and a mapped one holds its bytes"


def gstreamer() -> Any:
    """GStreamer's bindings. Raises NotChecked where they are missing, which another check tells."""
    try:
        return load_gstreamer()
    except BoothError:
        raise NotChecked("no GStreamer, see gstreamer") from None
