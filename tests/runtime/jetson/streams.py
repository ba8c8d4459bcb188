"""Streams of drivers without a GPU: a handle in, what puts work of the host into the stream's order out."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
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

    def __init__(self, handle: int) -> None:
        self._library = ctypes.CDLL("libcuda.so.1")
        self._handle = ctypes.c_void_p(handle)
        self._kept: list[Any] = []
        "Work that graphs will do: it has to outlive whoever recorded it."

    @property
    def recording(self) -> bool:
        """See Stream.recording."""
        return bool(self._library.emulated_recording(self._handle))

    def do(self, work: Callable[[], None]) -> None:
        """See Stream.do."""
        call = WORK(work)
        if self.recording:
            self._kept.append(call)
        assert self._library.emulated_enqueue(self._handle, call) == 0


@cache
def emulated_stream(handle: int) -> EmulatedStream:
    """The one record of a stream of the emulated driver."""
    return EmulatedStream(handle)


def stream_of(handle: int) -> Stream:
    """The stream behind a handle, of the shim or of the emulated driver."""
    return DRIVERS.get(handle) or emulated_stream(handle)
