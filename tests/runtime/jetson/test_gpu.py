"""The device's owner: memory is reused, every copy is counted, and it belongs to one thread."""

from __future__ import annotations

import ctypes
import struct
import threading

import numpy as np
import pytest

from appliance.runtime.jetson.gpu import MOST_FIGURES, Gpu, blocks
from appliance.runtime.jetson.tensor import GRAIN, Pointer, Tensor, packed


def test_memory_that_nobody_holds_is_handed_out_again(gpu: Gpu) -> None:
    first = gpu.empty((100, 10), np.float32)
    address = first.address
    del first
    assert gpu.empty((5, 7), np.uint8).address == address
    assert gpu.held_mb == GRAIN / 1e6


def test_memory_that_is_held_is_nobody_elses(gpu: Gpu) -> None:
    held = [gpu.empty((100,), np.float32) for _ in range(5)]
    assert len({tensor.address for tensor in held}) == 5


def test_a_thousand_frames_take_no_more_memory_than_one(gpu: Gpu) -> None:
    def frame(people: int) -> None:
        _kept = [gpu.empty((people, 64, 64), np.float32), gpu.empty((people, 4), np.float32)]

    frame(8)
    held_mb = gpu.held_mb
    for number in range(1000):
        frame(number % 8)
    assert gpu.held_mb <= 2 * held_mb


def test_nothing_is_an_array_too(gpu: Gpu) -> None:
    nothing = gpu.put(np.zeros((0, 4), np.float32))
    assert gpu.figures(nothing).shape == (0, 4)
    gpu.launch("unheard-of", (0, 3), (32,), nothing)  # an empty grid runs nothing


def test_copies_are_counted_by_what_they_carry(gpu: Gpu) -> None:
    pixels = gpu.put_pixels(np.zeros((4, 5, 3), np.uint8))
    boxes = gpu.put(np.zeros((2, 4), np.float32))
    gpu.figures(boxes)
    assert (gpu.copies.pixels_in, gpu.copies.figures_in, gpu.copies.figures_out) == (60, 32, 32)
    assert pixels.nbytes == 60


def test_pixels_do_not_come_back(gpu: Gpu) -> None:
    with pytest.raises(ValueError, match="pixels stay on the device"):
        gpu.figures(gpu.empty((MOST_FIGURES + 1,), np.uint8))


def test_figures_come_back_as_they_went(gpu: Gpu) -> None:
    figures = np.arange(12, dtype=np.int64).reshape(3, 4)
    np.testing.assert_array_equal(gpu.figures(gpu.put(figures)), figures)
    np.testing.assert_array_equal(gpu.figures(gpu.put(figures.T)), figures.T)


def test_figures_of_another_shape_or_kind_are_refused(gpu: Gpu) -> None:
    tensor = gpu.empty((2, 3), np.float32)
    for wrong in (np.zeros((3, 2), np.float32), np.zeros((2, 3))):
        with pytest.raises(ValueError, match="does not fit"):
            gpu.fill(tensor, wrong)


def test_another_thread_is_refused(gpu: Gpu) -> None:
    refused = []

    def use() -> None:
        try:
            gpu.empty((1,), np.uint8)
        except RuntimeError as error:
            refused.append(str(error))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert refused == ["the device belongs to another thread, the one that opened it"]


class Trio(ctypes.Structure):
    """Eight bytes aligned and a rest."""

    _fields_ = (("address", ctypes.c_uint64), ("count", ctypes.c_int32))


def test_arguments_lie_where_c_expects_them() -> None:
    tensor = Tensor(0x1234, (1,), np.uint8, lambda: None)
    content = packed((3, tensor, np.float32(0.5), Trio(7, 8), True, Pointer(9)))
    assert content == struct.pack("<i4xQf4xQi4xi4xQ", 3, 0x1234, 0.5, 7, 8, 1, 9)


def test_what_no_kernel_can_take_is_named() -> None:
    with pytest.raises(TypeError, match="cannot take a str"):
        packed(("text",))


@pytest.mark.parametrize(("count", "wanted"), [(0, 0), (1, 1), (256, 1), (257, 2)])
def test_blocks_hold_everything(count: int, wanted: int) -> None:
    assert blocks(count, 256) == wanted
