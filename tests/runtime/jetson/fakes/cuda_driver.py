"""`pycuda.driver` as far as the driver uses it: copies that happen when the stream is waited for, and calls that fail.

Kinds of arguments are those of pycuda 2026.1: what its C++ refuses is refused here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

NAME, STREAM = "Fake", 0x5EA


class Error(Exception):
    """pycuda's base of all errors."""


class OutOfMemory(Error):
    """pycuda's MemoryError."""


class CudaDriver:
    """The module. `failing` names a call of CUDA's library and tells its error."""

    Error, MemoryError = Error, OutOfMemory
    device_attribute = SimpleNamespace(COMPUTE_CAPABILITY_MAJOR=8, COMPUTE_CAPABILITY_MINOR=7)
    host_alloc_flags = SimpleNamespace(DEVICEMAP=2)

    def __init__(self) -> None:
        self.failing: dict[str, BaseException] = {}
        self.contexts = 0
        "Pushed and not popped; pycuda aborts the process that ends with one."
        self.stream_flags = -1
        self.due: list[Callable[[], object]] = []
        self._memory: dict[int, Any] = {}
        self.Device, self.Stream, self.Event = self._device, self._stream, self._event

    def ask(self, call: str) -> None:
        if call in self.failing:
            raise self.failing[call]

    def init(self) -> None:
        self.ask("cuInit")

    def _device(self, number: int) -> Any:
        return SimpleNamespace(
            name=lambda: NAME, get_attribute=lambda which: which, retain_primary_context=lambda: Context(self)
        )

    def module_from_buffer(self, image: bytes) -> Any:
        self.ask("cuModuleLoadDataEx")
        return SimpleNamespace(get_function=self._function)

    def _function(self, name: str) -> Any:
        self.ask("cuModuleGetFunction")
        return SimpleNamespace(_launch_kernel=self._launch)

    def _launch(self, grid: Any, block: Any, arguments: bytes, shared: int, stream: Stream) -> None:
        assert all(type(axes) is tuple and len(axes) <= 3 for axes in (grid, block))
        assert all(type(axis) is int for axis in (*grid, *block))
        self.ask("cuLaunchKernel")

    def _stream(self, flags: int) -> Stream:
        self.stream_flags = flags
        return Stream(self)

    def _event(self) -> Any:
        self.ask("cuEventCreate")
        return SimpleNamespace(
            record=lambda stream: self.ask("cuEventRecord"),
            synchronize=lambda: self.ask("cuEventSynchronize"),
            time_since=lambda start: 1.5,
        )

    def mem_alloc(self, size: int) -> Allocation:
        self.ask("cuMemAlloc")
        memory = (ctypes.c_ubyte * size)()
        self._memory[ctypes.addressof(memory)] = memory
        return Allocation(ctypes.addressof(memory))

    def pagelocked_empty(self, shape: tuple[int, ...], dtype: Any, order: str, mem_flags: int) -> Any:
        self.ask("cuMemHostAlloc")
        return np.empty(shape, dtype, order)  # type: ignore[call-overload]

    def memcpy_htod_async(self, target: int, source: Any, stream: Stream) -> None:
        """The device reads `source` when it comes to it: the stream holds an address, not the array."""
        self.ask("cuMemcpyHtoDAsync")
        address, size = source.ctypes.data, source.nbytes
        self.due.append(lambda: ctypes.memmove(target, address, size))

    def memcpy_dtoh_async(self, target: Any, source: int, stream: Stream) -> None:
        self.ask("cuMemcpyDtoHAsync")
        self.due.append(lambda: ctypes.memmove(target.ctypes.data, source, target.nbytes))

    def memcpy_dtod_async(self, target: int, source: int, size: int, stream: Stream) -> None:
        self.ask("cuMemcpyDtoDAsync")
        self.due.append(lambda: ctypes.memmove(target, source, size))


class Allocation(int):
    """DeviceAllocation."""

    def free(self) -> None:
        """Nothing to do."""


class Context:
    """The primary context."""

    def __init__(self, cuda: CudaDriver) -> None:
        self._cuda = cuda

    def push(self) -> None:
        self._cuda.contexts += 1

    def pop(self) -> None:
        self._cuda.contexts -= 1

    def detach(self) -> None:
        """Nothing to do."""


class Stream:
    """One stream."""

    handle = STREAM

    def __init__(self, cuda: CudaDriver) -> None:
        self._cuda = cuda

    def synchronize(self) -> None:
        self._cuda.ask("cuStreamSynchronize")
        for work in self._cuda.due:
            work()
        self._cuda.due.clear()
