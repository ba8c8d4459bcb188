"""A CUDA driver without CUDA: the kernels run on this CPU, device memory is host memory with guards round it."""

from __future__ import annotations

import ctypes
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import EglFrame, Size3
from tests.runtime.jetson.shim.build import shim_library

GUARD = 64
"Bytes before and after each block that no kernel may change."
STALE = 0xCD
"What fresh memory holds: whoever reads before writing gets nonsense."

DRIVERS: weakref.WeakValueDictionary[int, ShimDriver] = weakref.WeakValueDictionary()
"Stream -> driver: how a fake TensorRT finds whom it runs on."


class Grid(ctypes.Structure):
    """shim::Grid."""

    _fields_ = (("grid", ctypes.c_uint32 * 3), ("block", ctypes.c_uint32 * 3))


class ShimDriver:
    """Driver of the tests. Work is done when it is launched, or, while a graph is captured, when that is launched."""

    name = "shim"
    capability = "0.0"

    def __init__(self, library: Path | None = None) -> None:
        self._library = ctypes.CDLL(str(library or shim_library()))
        self._blocks: dict[int, NDArray[np.uint8]] = {}
        self._recording: list[Callable[[], None]] | None = None
        self._graphs: dict[int, list[Callable[[], None]]] = {}
        self._captured = 0
        self._images: dict[int, EglFrame] = {}
        self.registered: dict[int, int] = {}
        "Resource -> image, of those registered now."
        self.launched: list[str] = []
        "Names of all kernels that ran."
        self.stream = id(self)
        DRIVERS[self.stream] = self

    def allocate(self, size: int) -> int:
        block = np.full(size + 2 * GUARD + 256, STALE, np.uint8)
        address = (block.ctypes.data + GUARD + 255) // 256 * 256
        self._blocks[address] = block[: address - block.ctypes.data + size + GUARD]
        return address

    def free(self, address: int) -> None:
        self._check_guards("free")
        del self._blocks[address]

    def pinned(self, size: int) -> tuple[NDArray[np.uint8], int]:
        memory = np.full(size, STALE, np.uint8)
        return memory, memory.ctypes.data

    def copy_in(self, address: int, source: NDArray[Any]) -> None:
        assert self._recording is None, "a copy from pageable memory cannot be captured"
        ctypes.memmove(address, source.ctypes.data, source.nbytes)

    def copy_out(self, target: NDArray[Any], address: int) -> None:
        assert self._recording is None, "a captured stream cannot be waited for"
        ctypes.memmove(target.ctypes.data, address, target.nbytes)

    def copy_within(self, target: int, source: int, size: int) -> None:
        self.do(lambda: _copy(target, source, size))

    def launch(self, kernel: str, grid: Size3, block: Size3, arguments: bytes) -> None:
        self.do(lambda: self._run(kernel, grid, block, arguments))

    @property
    def recording(self) -> bool:
        """Whether work is recorded instead of done."""
        return self._recording is not None

    def do(self, work: Callable[[], None]) -> None:
        """Anything in the stream's order; recorded while a graph is captured."""
        if self._recording is None:
            work()
        else:
            self._recording.append(work)

    def _run(self, kernel: str, grid: Size3, block: Size3, arguments: bytes) -> None:
        try:
            launcher = self._library[f"launch_{kernel}"]
        except AttributeError:
            raise BoothError(f"there is no kernel {kernel}; run: make kernels") from None
        complaint = ctypes.c_char_p()
        sizes = Grid((ctypes.c_uint32 * 3)(*grid), (ctypes.c_uint32 * 3)(*block))
        if launcher(ctypes.byref(sizes), arguments, ctypes.byref(complaint)):
            raise AssertionError(f"{kernel}: {(complaint.value or b'').decode()}")
        self._check_guards(kernel)
        self.launched.append(kernel)

    def _check_guards(self, culprit: str) -> None:
        for address, block in self._blocks.items():
            start = address - block.ctypes.data
            whole = (block[start - GUARD : start] == STALE).all() and (block[-GUARD:] == STALE).all()
            assert whole, f"{culprit} wrote outside the block at {address:#x}"

    def wait(self) -> None:
        assert self._recording is None, "a captured stream cannot be waited for"

    def begin_capture(self) -> None:
        assert self._recording is None, "the stream is being captured already"
        self._recording = []

    def end_capture(self) -> int:
        assert self._recording is not None, "nothing is being captured"
        graph = self._captured = self._captured + 1
        self._graphs[graph], self._recording = self._recording, None
        return graph

    def launch_graph(self, graph: int) -> None:
        for work in self._graphs[graph]:
            self.do(work)

    def free_graph(self, graph: int) -> None:
        del self._graphs[graph]

    @property
    def graphs(self) -> int:
        """How many are kept now."""
        return len(self._graphs)

    def mark(self) -> float:
        return time.perf_counter()

    def elapsed_ms(self, start: float, end: float) -> float:
        return 1000 * (end - start)

    def add_image(self, image: int, frame: EglFrame) -> None:
        """Make up an EGL image that can be registered."""
        self._images[image] = frame

    def egl_register(self, image: int) -> int:
        if image not in self._images:
            raise BoothError(f"EGL image {image:#x}: cannot be registered (error 1)")
        resource = 0x1000 + len(self.registered) + image
        assert resource not in self.registered, "the image is registered already"
        self.registered[resource] = image
        return resource

    def egl_frame(self, resource: int) -> EglFrame:
        return self._images[self.registered[resource]]

    def egl_unregister(self, resource: int) -> None:
        del self.registered[resource]

    def close(self) -> None:
        self._check_guards("close")


def _copy(target: int, source: int, size: int) -> None:
    ctypes.memmove(target, source, size)
