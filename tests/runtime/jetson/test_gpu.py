"""The device's owner: memory is reused, every copy is counted, and it belongs to one thread."""

from __future__ import annotations

import ctypes
import struct
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.runtime.jetson.gpu import MOST_FIGURES, MOST_GLANCE, Gpu, blocks
from appliance.runtime.jetson.tensor import GRAIN, LARGE, Pointer, Tensor, block_size, packed
from tests.runtime.jetson.shim.driver import ShimDriver


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


@given(st.integers(0, 1 << 31))
def test_a_block_holds_what_it_is_made_for_and_a_large_one_little_more(size: int) -> None:
    block = block_size(size)
    assert max(size, GRAIN) <= block <= max(GRAIN, 2 * size)
    assert block % 256 == 0
    assert block_size(block) == block
    if size > LARGE:
        assert block <= size * 9 / 8


def test_the_bank_of_a_great_city_wastes_no_quarter_of_a_gigabyte() -> None:
    bank = 600_000 * 256 * 2
    assert block_size(bank) - bank < 30e6


def test_a_bank_that_grows_leaves_nothing_behind(gpu: Gpu) -> None:
    sizes = [LARGE + step * (2 << 20) for step in range(1, 6)]
    bank = gpu.empty((LARGE,), np.uint8)
    for size in sizes:
        bank = gpu.empty((size,), np.uint8)
    assert bank.nbytes == sizes[-1]
    assert gpu.held_mb * 1e6 <= LARGE + sizes[-2] + sizes[-1]


def test_when_memory_is_short_what_lies_idle_is_freed_first(
    gpu: Gpu, driver: ShimDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = gpu.empty((3 * GRAIN,), np.uint8)
    del idle
    full, allocate = 4 * GRAIN, driver.allocate

    def allocate_what_is_left(size: int) -> int:
        if gpu.held_mb * 1e6 + size > full:
            raise BoothError("no memory left")
        return allocate(size)

    monkeypatch.setattr(driver, "allocate", allocate_what_is_left)
    held = gpu.empty((2 * GRAIN,), np.uint8)
    with pytest.raises(BoothError, match="no memory left"):
        gpu.empty((4 * GRAIN,), np.uint8)
    assert gpu.held_mb * 1e6 == held.nbytes


def test_a_graph_that_nobody_holds_is_freed(gpu: Gpu, driver: ShimDriver) -> None:
    before = driver.graphs
    with gpu.capture() as graph:
        pass
    assert driver.graphs == before + 1
    graph.close()
    graph.close()
    assert driver.graphs == before
    with gpu.capture() as graph:
        pass
    del graph
    assert driver.graphs == before


def test_a_graph_that_ends_on_another_thread_is_freed_on_ours(gpu: Gpu, driver: ShimDriver) -> None:
    before = driver.graphs
    with gpu.capture() as graph:
        pass
    kept = [graph]
    del graph
    thread = threading.Thread(target=kept.clear)
    thread.start()
    thread.join()
    assert driver.graphs == before + 1
    gpu.close()
    assert driver.graphs == before


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
    with pytest.raises(ValueError, match="pixels stay on the device"):
        gpu.glance(gpu.empty((MOST_GLANCE + 1,), np.uint8))


def test_a_glance_is_counted_apart(gpu: Gpu) -> None:
    picture = np.arange(24, dtype=np.float32).reshape(1, 3, 2, 4)
    np.testing.assert_array_equal(gpu.glance(gpu.put(picture)), picture)
    assert (gpu.copies.glances_out, gpu.copies.figures_out) == (picture.nbytes, 0)


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
