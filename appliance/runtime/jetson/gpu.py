"""The device: kernels by name and host arrays in, device arrays and a few figures out. Every copy is counted."""

from __future__ import annotations

import contextlib
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import Driver
from appliance.runtime.jetson.tensor import Pool, Tensor, packed

MOST_GLANCE = 1 << 19
"Bytes of a glance: three planes of floats, 192 pixels wide and high, in which nobody is known by the face."
MOST_FIGURES = 1 << 20
"Bytes that may come to the host in one go: boxes, counts, vectors; a picture would be more."


@dataclass
class Copies:
    """Bytes that crossed between host and device since the start. Pixels of a street go in only, but for a glance."""

    pixels_in: int = 0
    "Of frames that a camera or a photo left in host memory; 0 on the NVMM path."
    figures_in: int = 0
    "Of boxes, points, tables, queries, banks."
    figures_out: int = 0
    "Of boxes, counts, vectors, distances."
    glances_out: int = 0
    "Of small pictures for a technician who aims the camera; 0 whenever nobody does."


class Graph:
    """Work recorded once and run as often as wanted with one call (CUDA graph); filled when `Gpu.capture` ends.

    It goes back when nobody holds it, as arrays do.
    """

    def __init__(self, driver: Driver, give_back: Callable[[int], None]) -> None:
        self._driver = driver
        self._give_back = give_back
        self._handle: int | None = None

    def finish(self) -> None:
        """Take over what the stream has recorded."""
        self._handle = self._driver.end_capture()

    def launch(self) -> None:
        """Run it in the stream's order. Raises ValueError before the recording has ended."""
        if self._handle is None:
            raise ValueError("the graph is still being recorded")
        self._driver.launch_graph(self._handle)

    def close(self) -> None:
        """Forget the recording; may be called twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._give_back(handle)

    def __del__(self) -> None:
        self.close()


class Gpu:
    """The one owner of the device; belongs to the thread that made it, the vision loop: contexts are per thread."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.copies = Copies()
        self._pool = Pool(driver)
        self._dropped: deque[int] = deque()
        "Graphs that nobody holds, still to be freed."
        self._thread = threading.get_ident()

    @property
    def stream(self) -> int:
        """Handle of the stream that everything runs on."""
        return self.driver.stream

    @property
    def held_mb(self) -> float:
        """Device memory that our own arrays take."""
        return self._pool.held_bytes / 1e6

    def empty(self, shape: Sequence[int], dtype: DTypeLike) -> Tensor:
        """A device array of undefined content, from the pool."""
        self.check_thread()
        return self._pool.tensor(tuple(int(length) for length in shape), dtype)

    def launch(self, kernel: str, grid: Sequence[int], block: Sequence[int], *arguments: Any) -> None:
        """Run a kernel. Grid and block have one to three axes; an empty grid runs nothing.

        Arguments: Tensor, Pointer, int (32 bit), float (32 bit) or a ctypes.Structure, in the kernel's order.
        """
        self.check_thread()
        if 0 not in grid:
            self.driver.launch(kernel, three(grid), three(block), packed(arguments))

    def put(self, host: NDArray[Any]) -> Tensor:
        """Figures of the host as a device array: boxes, tables, queries."""
        tensor = self.empty(host.shape, host.dtype)
        self.fill(tensor, host)
        return tensor

    def fill(self, tensor: Tensor, host: NDArray[Any]) -> None:
        """Overwrite a device array with figures of the host. Raises ValueError unless shape and dtype are the same."""
        if host.shape != tensor.shape or host.dtype != tensor.dtype:
            raise ValueError(f"{host.dtype} {host.shape} does not fit into {tensor.dtype} {tensor.shape}")
        self._copy_in(tensor, host)
        self.copies.figures_in += host.nbytes

    def put_pixels(self, host: NDArray[np.uint8]) -> Tensor:
        """Pixels that are in host memory anyway, such as a photo's, as a device array."""
        tensor = self.empty(host.shape, host.dtype)
        self._copy_in(tensor, host)
        self.copies.pixels_in += host.nbytes
        return tensor

    def share_pixels(self, room: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> None:
        """Copy a frame's bytes (L,) into page-locked memory (L,) that the device reads where it is."""
        self.check_thread()
        room[:] = pixels
        self.copies.pixels_in += pixels.nbytes

    def _copy_in(self, tensor: Tensor, host: NDArray[Any]) -> None:
        self.check_thread()
        if host.nbytes:
            self.driver.copy_in(tensor.address, np.ascontiguousarray(host))

    def copy(self, target: Tensor, source: Tensor) -> None:
        """Copy an array on the device. Raises ValueError unless both have the same shape and dtype."""
        if source.shape != target.shape or source.dtype != target.dtype:
            raise ValueError(f"{source.dtype} {source.shape} does not fit into {target.dtype} {target.shape}")
        self.check_thread()
        self.driver.copy_within(target.address, source.address, source.nbytes)

    def figures(self, tensor: Tensor) -> NDArray[Any]:
        """A small device array on the host; waits for it. Raises ValueError for more than MOST_FIGURES bytes."""
        if tensor.nbytes > MOST_FIGURES:
            raise ValueError(f"{tensor.nbytes} bytes are no figures; pixels stay on the device")
        self.copies.figures_out += tensor.nbytes
        return self._copy_out(tensor)

    def glance(self, tensor: Tensor) -> NDArray[Any]:
        """A small picture on the host, for a technician; waits. Raises ValueError for more than MOST_GLANCE bytes."""
        if tensor.nbytes > MOST_GLANCE:
            raise ValueError(f"{tensor.nbytes} bytes are no glance; pixels stay on the device")
        self.copies.glances_out += tensor.nbytes
        return self._copy_out(tensor)

    def _copy_out(self, tensor: Tensor) -> NDArray[Any]:
        self.check_thread()
        host: NDArray[Any] = np.empty(tensor.shape, tensor.dtype)
        if host.nbytes:
            self.driver.copy_out(host, tensor.address)
        return host

    def wait(self) -> None:
        """Until everything that was launched is done."""
        self.check_thread()
        self.driver.wait()

    @contextmanager
    def capture(self) -> Iterator[Graph]:
        """Record what is launched inside, without running it. The arrays that it uses must be kept by the caller."""
        self.check_thread()
        self._free_dropped()
        graph = Graph(self.driver, self._take_back)
        self.driver.begin_capture()
        try:
            yield graph
        finally:
            graph.finish()

    def close(self) -> None:
        """Free what nobody holds; the driver stays open for whoever opened it."""
        self._free_dropped()
        self._pool.close()

    def _take_back(self, graph: int) -> None:
        """Free a graph, which may be running. Python ends objects on any thread: another one leaves it for later."""
        self._dropped.append(graph)
        if threading.get_ident() == self._thread:
            self._free_dropped()

    def _free_dropped(self) -> None:
        while self._dropped:
            # A driver that has lost its device has lost the graph with it.
            with contextlib.suppress(BoothError):
                self.driver.free_graph(self._dropped.popleft())

    def check_thread(self) -> None:
        """Raise RuntimeError on any thread but the one that opened the device."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("the device belongs to another thread, the one that opened it")


def three(axes: Sequence[int]) -> tuple[int, int, int]:
    """One to three axes as three."""
    x, y, z = (*axes, 1, 1)[:3]
    return int(x), int(y), int(z)


def blocks(count: int, per_block: int) -> int:
    """Blocks of `per_block` that hold `count`."""
    return math.ceil(count / per_block)
