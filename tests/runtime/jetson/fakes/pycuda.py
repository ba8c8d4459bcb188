"""A `pycuda.driver` that has no device behind it: it opens, hands out numbers, and fails as it is told to."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

ILLEGAL = "an illegal memory access\n was encountered"


class Error(Exception):
    """pycuda.driver.Error, the base of all of its errors."""


class MemoryError(Error):  # noqa: A001 (pycuda's own name)
    """pycuda.driver.MemoryError."""


class FakePycuda:
    """The calls that the booth makes; after `poison` each of them fails, as CUDA's do after a kernel's fault."""

    Error, MemoryError = Error, MemoryError
    device_attribute = SimpleNamespace(COMPUTE_CAPABILITY_MAJOR=8, COMPUTE_CAPABILITY_MINOR=7)
    host_alloc_flags = SimpleNamespace(DEVICEMAP=2)

    def __init__(self, broken: str = "") -> None:
        """`broken` names the one call that fails from the start."""
        self.broken = broken
        self.poisoned = False
        self.log: list[str] = []
        self.stream_flags = -1
        self.read: list[weakref.ref[Any]] = []
        "Arrays that the device reads once the stream comes to their copy: it knows where they lie, and holds none."

    def poison(self) -> None:
        self.poisoned = True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments, **_: self._do(name, arguments)

    def _do(self, name: str, arguments: tuple[Any, ...]) -> Any:
        self.log.append(name)
        if self.poisoned or name == self.broken:
            raise Error(f"{name} failed: {ILLEGAL}")
        if name == "mem_alloc" and arguments[0] > 1 << 30:
            raise MemoryError("mem_alloc failed: out of memory")
        if name == "Stream":
            (self.stream_flags,) = arguments
        if name == "memcpy_htod_async":
            self.read.append(weakref.ref(arguments[1]))
        return 0x1000 if name == "mem_alloc" else Thing(self)


class Thing:
    """A device, context, stream, module, kernel or event."""

    handle = 0x77

    def __init__(self, cuda: FakePycuda) -> None:
        self._cuda = cuda

    def name(self) -> str:
        return "Orin"

    def get_attribute(self, attribute: int) -> int:
        return attribute

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: self._cuda._do(name, arguments)
