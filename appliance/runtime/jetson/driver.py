"""What a CUDA driver must do for the booth: addresses, bytes and kernel names in, work on one device out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Size3 = tuple[int, int, int]
"Blocks of a grid or threads of a block: x, y, z."


@dataclass(frozen=True)
class EglFrame:
    """An EGL image as CUDA maps it (CUeglFrame of cuda's cudaEGL.h)."""

    planes: tuple[int, ...]
    "Device address of each plane; handles of CUDA arrays when the frame is not pitch-linear."
    width: int
    height: int
    "Pixels of the first plane."
    pitch: int
    "Bytes per row of the first plane."
    frame_type: int
    "0 array, 1 pitch."
    colour_format: int
    "CUeglColorFormat."


class Driver(Protocol):
    """One device, one context, one stream. All calls from the thread that made it; every error is a BoothError."""

    name: str
    "Of the device, like 'Orin'."
    capability: str
    "Compute capability of the device, like '8.7'."
    stream: int
    "Handle of the one stream that everything runs on (a CUstream), for TensorRT."

    def allocate(self, size: int) -> int:
        """Address of `size` bytes of device memory, aligned to 256."""

    def free(self, address: int) -> None:
        """Give memory back; synchronises an integrated GPU, so never in the frame loop."""

    def pinned(self, size: int) -> tuple[NDArray[np.uint8], int]:
        """Page-locked host memory (size,) and the address under which the device sees it; lives as long as its view."""

    def copy_in(self, address: int, source: NDArray[Any]) -> None:
        """Copy a contiguous host array to the device in the stream's order; `source` may be reused at once."""

    def copy_out(self, target: NDArray[Any], address: int) -> None:
        """Copy from the device into a contiguous host array, and wait for it."""

    def copy_within(self, target: int, source: int, size: int) -> None:
        """Copy bytes from one place on the device to another in the stream's order."""

    def launch(self, kernel: str, grid: Size3, block: Size3, arguments: bytes) -> None:
        """Run a kernel in the stream's order; arguments are packed with the alignment of C."""

    def wait(self) -> None:
        """Until everything in the stream is done."""

    def begin_capture(self) -> None:
        """From now on the stream records instead of running."""

    def end_capture(self) -> int:
        """Handle of a graph of what was recorded."""

    def launch_graph(self, graph: int) -> None:
        """Run a graph in the stream's order."""

    def free_graph(self, graph: int) -> None:
        """Forget a graph."""

    def mark(self) -> Any:
        """A point in the stream to measure from."""

    def elapsed_ms(self, start: Any, end: Any) -> float:
        """Milliseconds of device time between two marks; waits for the second."""

    def egl_register(self, image: int) -> int:
        """Make an EGLImage known to CUDA, for reading; a resource handle."""

    def egl_frame(self, resource: int) -> EglFrame:
        """Where a registered image lies."""

    def egl_unregister(self, resource: int) -> None:
        """Undo egl_register."""

    def close(self) -> None:
        """Let go of the device; may be called twice."""
