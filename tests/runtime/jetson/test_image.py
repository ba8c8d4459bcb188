"""Letterbox and crops on the device: what OpenCV makes of the same pixels, within one 8-bit level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import FloatArray, Frame
from appliance.runtime.cpu.image import CpuImageOps
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.image import JetsonImageOps, windows_of
from appliance.runtime.jetson.picture import BGRA, NV12, RGB, RGBA
from appliance.runtime.looks import GREY
from appliance.runtime.preparation import Normal, Preparation
from tests.runtime.jetson.pictures import Bytes, both_frames, pixels_of, planar
from tests.runtime.jetson.shim.driver import ShimDriver
from tests.streets import boxes

AS_IT_IS = Normal((0, 0, 0), (1, 1, 1))
PLAIN = Preparation(AS_IT_IS, AS_IT_IS, AS_IT_IS)
ODD = Normal((123, 116, 103), (1 / 58, 1 / 57, 1 / 56))
"Three channels that cannot be mistaken for each other."
SIZES = st.tuples(st.integers(1, 90), st.integers(1, 70))
LAYOUTS = st.sampled_from([NV12, RGB, RGBA, BGRA])
EDGES = st.tuples(*[st.floats(-60, 140, width=32)] * 4)
MEAN_ERROR = 0.2
"Levels. OpenCV's bilinear weights for bytes have 11 bits, ours 24."


@pytest.fixture
def ops(gpu: Gpu) -> JetsonImageOps:
    return JetsonImageOps(gpu, PLAIN)


def check_levels(got: NDArray[Any], packed: Bytes) -> None:
    wanted = planar(packed)
    assert got.shape == wanted.shape
    apart = np.abs(got - wanted)
    assert apart.max(initial=0) <= 1
    assert apart.sum() <= MEAN_ERROR * max(apart.size, 500)  # too few pixels have no mean


def sorted_boxes(rows: list[tuple[float, float, float, float]]) -> FloatArray:
    """Boxes whose corners are in order."""
    return np.sort(boxes(*rows).reshape(-1, 2, 2), axis=1).reshape(-1, 4)


@given(SIZES, st.integers(8, 72), st.integers(8, 72), LAYOUTS, st.integers(0, 8))
def test_a_letterbox_is_opencv_s_within_a_level(
    gpu: Gpu, ops: JetsonImageOps, size: Any, width: int, height: int, layout: Any, extra: int
) -> None:
    seen, wanted = both_frames(gpu, size, layout, extra, seed=width)
    tensor, scale = ops.letterbox(seen, width, height)
    levels, wanted_scale = CpuImageOps().letterbox(wanted, width, height)
    assert scale == wanted_scale
    check_levels(pixels_of(gpu, tensor), levels)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 200), (200, 1)])
def test_the_smallest_frames_have_a_letterbox(gpu: Gpu, ops: JetsonImageOps, size: tuple[int, int]) -> None:
    seen, wanted = both_frames(gpu, size, NV12)
    tensor, _ = ops.letterbox(seen, 48, 32)
    check_levels(pixels_of(gpu, tensor), CpuImageOps().letterbox(wanted, 48, 32)[0])


def test_a_letterbox_of_a_camera_s_frame_is_opencv_s(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, wanted = both_frames(gpu, (1920, 1080), NV12, 128)
    tensor, scale = ops.letterbox(seen, 960, 544)
    assert scale == 2
    apart = np.abs(pixels_of(gpu, tensor) - planar(CpuImageOps().letterbox(wanted, 960, 544)[0]))
    assert apart.max() <= 1
    # Every value is the mean of four bytes: halves have to be rounded the same way.
    assert (apart > 0).mean() < 1e-3


def test_each_network_gets_its_own_normalisation(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, _ = both_frames(gpu, (40, 30), RGB)
    odd = JetsonImageOps(gpu, Preparation(ODD, ODD, ODD))
    whole = boxes((0, 0, 40, 30))
    for level, normal in (
        (ops.letterbox(seen, 32, 32)[0], odd.letterbox(seen, 32, 32)[0]),
        (ops.crop(seen, whole, 20, 20), odd.crop(seen, whole, 20, 20)),
    ):
        mean, scale = (np.array(part, np.float32)[:, None, None] for part in (ODD.mean, ODD.scale))
        wanted = (pixels_of(gpu, level) - mean) * scale
        np.testing.assert_allclose(pixels_of(gpu, normal), wanted, rtol=1e-5, atol=1e-5)


@given(SIZES, st.lists(EDGES, max_size=3), st.integers(1, 48), st.integers(1, 48), LAYOUTS, st.integers(0, 8))
def test_crops_are_opencv_s_within_a_level_wherever_the_boxes_lie(
    gpu: Gpu, ops: JetsonImageOps, size: Any, edges: Any, width: int, height: int, layout: Any, extra: int
) -> None:
    seen, wanted = both_frames(gpu, size, layout, extra, seed=height)
    people = sorted_boxes(edges)
    got = pixels_of(gpu, ops.crop(seen, people, width, height))
    check_levels(got, CpuImageOps().crop(wanted, people, width, height))


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_a_box_is_stretched_as_opencv_does_in_every_way(
    gpu: Gpu, ops: JetsonImageOps, wide: int, high: int, width: int, height: int
) -> None:
    """Larger, smaller by whole and broken factors, one way larger and the other smaller."""
    seen, wanted = both_frames(gpu, (60, 60), RGB, seed=wide)
    people = boxes((0, 0, wide, high))
    got = pixels_of(gpu, ops.crop(seen, people, width, height))
    check_levels(got, CpuImageOps().crop(wanted, people, width, height))


@pytest.mark.parametrize(("wide", "width"), [(6, 34), (20, 52), (22, 18), (52, 10)])
def test_where_opencv_takes_the_pixel_before_so_does_the_device(
    gpu: Gpu, ops: JetsonImageOps, wide: int, width: int
) -> None:
    """In double precision place * (1 / (width / wide)) is just below the whole number that it is."""
    quotients = np.arange(width) * (1 / (width / wide))
    assert (np.floor(quotients) < np.arange(width) * wide // width).any()
    seen, wanted = both_frames(gpu, (60, 60), RGB)
    high, height = (60, 20) if wide < width else (20, 60)  # one way larger, the other smaller
    people = boxes((0, 0, wide, high))
    got = pixels_of(gpu, ops.crop(seen, people, width, height))
    check_levels(got, CpuImageOps().crop(wanted, people, width, height))


@settings(max_examples=30)
@given(st.floats(-5, 50, width=32), st.floats(-5, 40, width=32), st.floats(0, 1.5, width=32))
def test_a_box_smaller_than_a_pixel_is_a_pixel(
    gpu: Gpu, ops: JetsonImageOps, left: float, top: float, side: float
) -> None:
    seen, wanted = both_frames(gpu, (40, 30), NV12)
    people = boxes((left, top, left + side, top + side))
    got = pixels_of(gpu, ops.crop(seen, people, 8, 8))
    check_levels(got, CpuImageOps().crop(wanted, people, 8, 8))


def test_crops_of_people_at_their_real_size_are_opencv_s(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, wanted = both_frames(gpu, (1280, 720), NV12)
    people = boxes((100.5, 40.2, 720.9, 660.6), (1100, 600, 1300, 800))
    got = pixels_of(gpu, ops.crop(seen, people, 256, 256))
    check_levels(got, CpuImageOps().crop(wanted, people, 256, 256))


@pytest.mark.parametrize("layout", [NV12, RGB])
@pytest.mark.parametrize("normal", [AS_IT_IS, ODD])
@pytest.mark.parametrize(
    ("size", "drawn"), [((640, 360), (192, 108)), ((90, 160), (108, 192)), ((50, 40), (192, 154))]
)
def test_a_glance_is_the_cpu_s_within_two_levels_and_one_counted_copy(
    gpu: Gpu, layout: Any, normal: Normal, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    """One by the crop of each channel, one by rounding to grey."""
    ops = JetsonImageOps(gpu, Preparation(normal, normal, normal))
    seen, wanted = both_frames(gpu, size, layout)
    before = gpu.copies.figures_out
    light = ops.glance(seen, *drawn)
    levels = CpuImageOps().glance(wanted, *drawn)
    assert light.shape == levels.shape == drawn[::-1]
    assert light.dtype == levels.dtype == np.uint8
    assert np.abs(light.astype(int) - levels).max() <= 2
    assert gpu.copies.glances_out == 4 * 3 * drawn[0] * drawn[1]
    assert gpu.copies.figures_out == before


def test_what_is_outside_the_frame_is_grey(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, _ = both_frames(gpu, (40, 30), RGBA)
    people = boxes((-50, 0, -10, 30), (45, 3, 60, 9), (0, -20, 40, 0), (0, 31, 4, 36))
    assert (pixels_of(gpu, ops.crop(seen, people, 16, 16)) == GREY).all()
    assert (windows_of(seen, people) == (-1, -1, 1, 1)).all()


def test_nobody_needs_no_crop(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, _ = both_frames(gpu, (40, 30), RGB)
    assert ops.crop(seen, boxes(), 16, 20).shape == (0, 3, 20, 16)


def test_all_boxes_of_a_frame_are_one_launch(driver: ShimDriver, gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, _ = both_frames(gpu, (40, 30), NV12)
    driver.launched.clear()
    ops.crop(seen, sorted_boxes([(0, 0, 20, 20)] * 8), 16, 20)
    ops.letterbox(seen, 32, 32)
    assert driver.launched == ["crop", "letterbox"]


def test_a_photo_goes_to_the_device_once_and_stays_what_it_is(gpu: Gpu, ops: JetsonImageOps) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (21, 33, 3), dtype=np.uint8)
    before = gpu.copies.pixels_in
    picture = ops.upload(pixels)
    assert gpu.copies.pixels_in - before == pixels.nbytes
    photo = Frame(picture, 33, 21, 0.0, 0)
    got = pixels_of(gpu, ops.crop(photo, boxes((0, 0, 33, 21)), 33, 21))
    np.testing.assert_array_equal(got, planar(pixels[None]))
