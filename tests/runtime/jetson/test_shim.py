"""The shim itself: threads, barriers, shuffles, tensor cores and half precision behave as on a device."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.errors import BoothError
from appliance.records import FloatArray
from appliance.runtime.jetson.fatbin import KERNELS
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.picture import BGRA, BT601, NV12, RGB, Layout
from tests.runtime.jetson.pictures import device_picture, noise, rgb_of
from tests.runtime.jetson.shim.build import compiler, kernel_bounds, shim_library
from tests.runtime.jetson.shim.driver import ShimDriver

TRIALS = Path(__file__).with_name("trial_kernels")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Gpu:
    """A device with the trial kernels instead of the booth's."""
    if compiler() is None:
        pytest.skip("g++ is not installed: the kernels cannot run behind the shim")
    folder = tmp_path_factory.mktemp("trial")
    for file in [*KERNELS.glob("*.cuh"), *TRIALS.glob("*.cu")]:
        shutil.copy(file, folder)
    return Gpu(ShimDriver(shim_library(folder)))


@pytest.mark.parametrize("count", [0, 1, 31, 32, 1000])
def test_a_block_adds_up_through_shuffles_and_barriers(trial: Gpu, count: int) -> None:
    values = np.random.default_rng(count).random(count, np.float32)
    total = trial.empty((1,), np.float32)
    trial.launch("trial_sum", (1,), (256,), trial.put(values), total, count)
    assert trial.figures(total)[0] == pytest.approx(values.sum(), rel=1e-5)


@pytest.mark.parametrize("threads", [1, 33, 1024])
def test_a_barrier_holds_every_thread(trial: Gpu, threads: int) -> None:
    values = trial.put(np.arange(threads, dtype=np.int32))
    trial.launch("trial_reverse", (1,), (threads,), values, threads)
    assert trial.figures(values).tolist() == list(range(threads))[::-1]


@given(arrays.arrays(np.float32, 40, elements=st.floats(width=32, allow_nan=False)))
def test_half_precision_rounds_as_numpy_does(trial: Gpu, values: FloatArray) -> None:
    halves, back = trial.empty((40,), np.uint16), trial.empty((40,), np.float32)
    trial.launch("trial_halves", (2,), (32,), trial.put(values), halves, back, 40)
    with np.errstate(over="ignore"):
        wanted = values.astype(np.float16)
    np.testing.assert_array_equal(trial.figures(halves), wanted.view(np.uint16))
    np.testing.assert_array_equal(trial.figures(back), wanted.astype(np.float32))


def test_tensor_cores_multiply_what_their_lanes_hold(trial: Gpu) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((rows, 16)).astype(np.float16) for rows in (16, 8))
    c = trial.empty((16, 8), np.float32)
    trial.launch("trial_product", (1,), (32,), trial.put(a.view(np.uint16)), trial.put(b.view(np.uint16)), c)
    np.testing.assert_allclose(trial.figures(c), a.astype(np.float32) @ b.astype(np.float32).T, atol=1e-5)


@pytest.mark.parametrize("layout", [NV12, RGB, BGRA], ids=lambda layout: layout.name)
@pytest.mark.parametrize("size", [(7, 5), (64, 2), (1, 1)])
def test_a_picture_travels_by_value_and_reads_as_its_definition(
    trial: Gpu, layout: Layout, size: tuple[int, int]
) -> None:
    picture, host = device_picture(trial, noise(*size, layout, seed=3), layout, pitch_extra=5, colours=BT601)
    rgb = trial.empty((size[1], size[0], 3), np.uint8)
    trial.launch("trial_picture", (1, size[1]), (64,), picture.struct(), 7, rgb)
    np.testing.assert_array_equal(trial.figures(rgb), rgb_of(host, layout, size, BT601))


def test_a_barrier_that_some_never_reach_is_told(trial: Gpu) -> None:
    with pytest.raises(AssertionError, match="trial_deadlock: deadlock"):
        trial.launch("trial_deadlock", (1,), (64,))


@pytest.mark.parametrize(
    ("kernel", "threads", "complaint"),
    [
        ("trial_late_barrier", 64, "after some of its threads have returned"),
        ("trial_vote", 33, "names lanes that have returned or never were"),
        ("trial_small_blocks", 96, "beyond __launch_bounds__"),
    ],
)
def test_what_only_a_device_would_not_forgive_is_told(
    trial: Gpu, kernel: str, threads: int, complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        trial.launch(kernel, (1,), (threads,))


def test_arguments_of_another_length_are_told(trial: Gpu) -> None:
    values = trial.empty((4,), np.int32)
    with pytest.raises(AssertionError, match="not as long as the kernel's parameters"):
        trial.launch("trial_reverse", (1,), (4,), values)


def test_no_order_of_threads_is_the_only_one(trial: Gpu) -> None:
    # The last thread to write wins: the first order has the last thread there, the second the first one.
    found = set()
    for _ in range(6):
        values = trial.put(np.full(1, -1, np.int32))
        trial.launch("trial_last", (1,), (64,), values)
        found.add(int(trial.figures(values)[0]))
    assert {0, 63} < found


def test_every_kernel_says_how_large_its_blocks_are() -> None:
    assert [name for name, bound in kernel_bounds() if bound is None] == []


@pytest.mark.parametrize("place", [-1, 1024])
def test_a_stray_write_is_told(trial: Gpu, place: int) -> None:
    # The block of the pool is larger than the array: what lies beyond the block is guarded.
    values = trial.empty((1024,), np.int32)
    with pytest.raises(AssertionError, match="trial_stray wrote outside"):
        trial.launch("trial_stray", (1,), (1,), values, place)
    repaired = np.full(64, 0xCD, np.uint8)
    trial.driver.copy_in(values.address + (4096 if place > 0 else -64), repaired)


def test_an_unknown_kernel_is_named(trial: Gpu) -> None:
    with pytest.raises(BoothError, match="no kernel dream"):
        trial.launch("dream", (1,), (1,))


def test_a_captured_launch_runs_when_its_graph_does(trial: Gpu) -> None:
    values = trial.put(np.arange(4, dtype=np.int32))
    with trial.capture() as graph:
        trial.launch("trial_reverse", (1,), (4,), values, 4)
    assert trial.figures(values).tolist() == [0, 1, 2, 3]
    graph.launch()
    assert trial.figures(values).tolist() == [3, 2, 1, 0]
    graph.launch()
    assert trial.figures(values).tolist() == [0, 1, 2, 3]
