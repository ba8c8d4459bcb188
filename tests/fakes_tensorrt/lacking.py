"""Objects that lack what their version lacks, and which take no attribute that they do not know."""

from __future__ import annotations

import ctypes
from typing import Any

REMOVED: dict[str, frozenset[str]] = {
    "8.6": frozenset({"progress_monitor", "device_memory_size_v2", "node_name", "node_operator"}),
    "10.3": frozenset(),
    "10.16": frozenset(),
    "11.4": frozenset({"device_memory_size"}),
}
"Version -> names that raise AttributeError."


def host_memory(content: bytes) -> Any:
    """IHostMemory: it can be read as a buffer, but is no bytes."""
    return (ctypes.c_ubyte * len(content)).from_buffer_copy(content)


class Lacking:
    """Base of the objects of a fake module `trt`."""

    __slots__ = ("trt",)

    def __init__(self, trt: Any) -> None:
        self.trt = trt

    def __getattribute__(self, name: str) -> Any:
        if name[0] != "_" and name != "trt" and name in removed(self.trt):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "trt" and name in removed(self.trt):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        super().__setattr__(name, value)


def removed(trt: Any) -> frozenset[str]:
    """What the version of the module lacks."""
    return REMOVED[".".join(trt.__version__.split(".")[:2])]
