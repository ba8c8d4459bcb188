"""Arrays on the device: a shape and a block of memory in, something kernels can be given out."""

from __future__ import annotations

import ctypes
import math
import struct
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import Driver

GRAIN = 4096
"Bytes; blocks of the pool are powers of two from here on, so that a crowd of one more person reuses them."
LARGE = 16 << 20
"Bytes; above, where a power of two may waste hundreds of megabytes, blocks grow by eighths: banks, crowds."


class Pointer(NamedTuple):
    """A device address as a kernel's argument."""

    address: int


class Tensor:
    """A contiguous array in device memory; opaque above the seam. Its memory goes back when nobody holds it."""

    def __init__(
        self, address: int, shape: tuple[int, ...], dtype: DTypeLike, give_back: Callable[[], None]
    ) -> None:
        self.address = address
        self.shape = shape
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._give_back = give_back

    @property
    def nbytes(self) -> int:
        """Bytes that the array takes."""
        return math.prod(self.shape) * self.dtype.itemsize

    def part(self, first: int, shape: tuple[int, ...]) -> Tensor:
        """What lies from row `first` on, as an array of `shape` in the same memory, which its parts keep alive."""
        row_bytes = math.prod(self.shape[1:]) * self.dtype.itemsize
        return Tensor(self.address + first * row_bytes, shape, self.dtype, partial(_forget, self))

    def __del__(self) -> None:
        self._give_back()


def _forget(_whole: Tensor) -> None:
    """Do nothing: that a part names its whole keeps the memory alive."""


class Pool:
    """Owner of the device's memory: blocks that came back are handed out again.

    One stream orders all work, so a block may be reused while its last reader is still queued. Of small blocks there
    are never more than were in use at one time. Large ones that lie idle make room for another large one: a bank that
    grows with the street would leave one behind of each size.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._idle: defaultdict[int, list[int]] = defaultdict(list)
        self._closed = False
        self.held_bytes = 0
        "Taken from the device now."

    def tensor(self, shape: tuple[int, ...], dtype: DTypeLike) -> Tensor:
        """An array with undefined content."""
        size = block_size(math.prod(shape) * np.dtype(dtype).itemsize)
        address = self._idle[size].pop() if self._idle[size] else self._allocate(size)
        return Tensor(address, shape, dtype, lambda: self._take_back(size, address))

    def _allocate(self, size: int) -> int:
        if size > LARGE:
            self._free_idle(above=LARGE)
        try:
            address = self._driver.allocate(size)
        except BoothError:
            self._free_idle()  # blocks of other sizes may be all that is lacking
            address = self._driver.allocate(size)
        self.held_bytes += size
        return address

    def _take_back(self, size: int, address: int) -> None:
        self._idle[size].append(address)
        if self._closed:
            self._free_idle()

    def close(self) -> None:
        """Free what is idle; what is still held is freed when it comes back."""
        self._closed = True
        self._free_idle()

    def _free_idle(self, above: int = 0) -> None:
        """Free the idle blocks of more than so many bytes."""
        # A copy: Python may end an array, and so add a block, on any thread.
        for size in list(self._idle):
            for address in self._idle.pop(size) if size > above else ():
                self._driver.free(address)
                self.held_bytes -= size


def block_size(size: int) -> int:
    """Bytes of the block that holds `size`: the next power of two from GRAIN to LARGE, above the next eighth of one.

    So a large block is at most an eighth larger than what it holds.
    """
    power = max(GRAIN, 1 << (size - 1).bit_length()) if size > 0 else GRAIN
    step = power if power <= LARGE else power // 16
    return max(-(-size // step), 1) * step


def packed(arguments: tuple[Any, ...]) -> bytes:
    """Kernel arguments one after the other, each aligned as C aligns it (CUDA driver API, cuLaunchKernel's `extra`).

    Tensor and Pointer: 8 bytes; int: int32; float: float32; ctypes.Structure: by value. Raises TypeError for others.
    """
    whole = bytearray()
    for argument in arguments:
        content, alignment = one_packed(argument)
        whole.extend(bytes(-len(whole) % alignment))
        whole.extend(content)
    return bytes(whole)


def one_packed(argument: Any) -> tuple[bytes, int]:
    """One argument's bytes and alignment."""
    if isinstance(argument, Tensor | Pointer):
        return struct.pack("<Q", argument.address), 8
    if isinstance(argument, bool | int | np.integer):
        return struct.pack("<i", argument), 4
    if isinstance(argument, float | np.floating):
        return struct.pack("<f", argument), 4
    if isinstance(argument, ctypes.Structure):
        return bytes(argument), ctypes.alignment(argument)
    raise TypeError(f"a kernel cannot take a {type(argument).__name__}")
