"""Streams of drivers without a GPU: a handle in, what puts work of the host into the stream's order out."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Protocol

from tests.runtime.jetson.shim.driver import DRIVERS

EMULATED = "Emulated"
"What the device of the emulated driver is called."
WORK = ctypes.CFUNCTYPE(None)


class Stream(Protocol):
    """Where a fake TensorRT puts its work."""

    @property
    def recording(self) -> bool:
        """Whether work is recorded for a graph instead of done."""

    def do(self, work: Callable[[], None]) -> None:
        """Anything in the stream's order."""


class EmulatedStream:
    """A stream of the emulated libcuda.so.1."""

    kept: list[Any] = []  # noqa: RUF012 (recorded work has to outlive its recorder, whoever that was)

    def __init__(self, handle: int) -> None:
        self._library = ctypes.CDLL("libcuda.so.1")
        self._handle = ctypes.c_void_p(handle)

    @property
    def recording(self) -> bool:
        """See Stream.recording."""
        return bool(self._library.emulated_recording(self._handle))

    def do(self, work: Callable[[], None]) -> None:
        """See Stream.do."""
        call = WORK(work)
        if self.recording:
            self.kept.append(call)
        assert self._library.emulated_enqueue(self._handle, call) == 0


def stream_of(handle: int) -> Stream:
    """The stream behind a handle, of the shim or of the emulated driver."""
    return DRIVERS.get(handle) or EmulatedStream(handle)
