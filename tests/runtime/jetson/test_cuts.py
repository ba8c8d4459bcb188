"""Cuts, reliefs, sharpness and light on the device: what the CPU wing makes of the same pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import FloatArray, Frame, MaskArray
from appliance.runtime.cpu.image import CpuImageOps, cutout, part_of, span, stretch
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.image import JetsonImageOps, quantile
from appliance.runtime.jetson.picture import NV12, RGB, RGBA
from appliance.runtime.looks import GREY, HIGHLIGHT
from appliance.runtime.seam import Normal, Preparation
from tests.runtime.jetson.pictures import Bytes, both_frames, pixels_of, planar
from tests.runtime.jetson.shim.driver import ShimDriver
from tests.runtime.jetson.test_image import EDGES, LAYOUTS, PLAIN, SIZES, sorted_boxes
from tests.streets import boxes

GAINS = st.tuples(*[st.floats(0.5, 2.5, width=32)] * 3)
WHITE = np.ones(3, np.float32)
MASK_SHAPE = (3, 24, 20)


@pytest.fixture
def ops(gpu: Gpu) -> JetsonImageOps:
    return JetsonImageOps(gpu, PLAIN)


def patches(seed: int, full: float = 0.8) -> MaskArray:
    """Masks (3, 24, 20), each a rectangle with holes; at least one pixel is on."""
    rng = np.random.default_rng(seed)
    masks = np.zeros(MASK_SHAPE, np.bool_)
    for mask in masks:
        top, left = rng.integers(0, 24), rng.integers(0, 20)
        patch = mask[top : top + rng.integers(1, 24), left : left + rng.integers(1, 20)]
        patch[:] = rng.random(patch.shape) < full
        mask[top, left] = True
    return masks


def shares_of(seen: Frame, box: FloatArray, mask: MaskArray, size: tuple[int, int]) -> tuple[Any, Any]:
    """How much of each pixel of the frame the mask covers, and how much of each pixel of the cut is covered."""
    rows, columns = (span(np.asarray(mask.any(axis=axis))) for axis in (1, 0))
    pixels = cutout(seen, part_of(box, mask.shape, rows, columns))
    native = stretch(mask[rows, columns].astype(np.float32), pixels.shape[1], pixels.shape[0])
    return native, stretch((native > 0.5).astype(np.float32), *size)


def is_clear(shares: NDArray[np.float32]) -> bool:
    """Whether nothing is a half but for the error of a sum: there OpenCV's choice is chance."""
    away = np.abs(shares - 0.5)
    return not ((away > 0) & (away < 1e-5)).any()


@settings(max_examples=150)
@given(SIZES, st.lists(EDGES, max_size=3), st.integers(0, 999), GAINS, LAYOUTS, st.integers(0, 8), st.data())
def test_cuts_are_the_cpu_wing_s(
    gpu: Gpu,
    ops: JetsonImageOps,
    size: Any,
    edges: Any,
    seed: int,
    gains: Any,
    layout: Any,
    extra: int,
    data: Any,
) -> None:
    seen, wanted = both_frames(gpu, size, layout, extra, seed)
    people, masks, width, height = sorted_boxes(edges), patches(seed), 16, 30
    rows = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=len(people), max_size=len(people))), np.int64
    )
    light = np.array(gains, np.float32)
    got = ops.cut(seen, people, gpu.put(masks.astype(np.uint8)), rows, light, width, height)
    cuts, kept = (pixels_of(gpu, tensor) for tensor in got)
    wanted_cuts, wanted_kept = CpuImageOps().cut(wanted, people, masks, rows, light, width, height)
    assert cuts.shape == wanted_cuts.shape
    assert kept.shape == wanted_kept.shape
    assert (cuts[kept == 0] == 0).all()
    for place, (box, row) in enumerate(zip(people, rows.tolist(), strict=True)):
        native, weight = shares_of(wanted, box, masks[row], (width, height))
        assume(is_clear(native))
        same = kept[place] == wanted_kept[place]
        assert (np.abs(weight[~same] - 0.5) < 1e-3).all()
        assert np.abs(cuts[place].astype(int) - wanted_cuts[place])[same].max(initial=0) <= 1


def test_a_garment_at_its_real_size_is_the_cpu_wing_s(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, wanted = both_frames(gpu, (1280, 720), NV12)
    people = boxes((100.5, 40.2, 720.9, 660.6), (700, 200, 820.5, 320.5))
    y, x = np.indices((256, 256))
    masks = np.stack([(x - 128) ** 2 + (y - 150) ** 2 / 3 < 60**2, (x > 90) & (x < 150) & (y % 40 < 30)])
    rows = np.array([0, 1])
    got = ops.cut(seen, people, gpu.put(masks.astype(np.uint8)), rows, WHITE, 128, 256)
    cuts, kept = (pixels_of(gpu, tensor) for tensor in got)
    wanted_cuts, wanted_kept = CpuImageOps().cut(wanted, people, masks, rows, WHITE, 128, 256)
    assert (kept != wanted_kept).mean() < 1e-3
    apart = np.abs(cuts.astype(int) - wanted_cuts)[kept == wanted_kept]
    assert (apart > 1).mean() < 1e-3
    assert kept.any(axis=(1, 2)).all()


def test_a_mask_of_one_pixel_is_a_garment(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, wanted = both_frames(gpu, (60, 40), RGBA)
    masks = np.zeros((1, 24, 20), np.bool_)
    masks[0, 11, 7] = True
    people, rows = boxes((3, 2, 53, 38)), np.zeros(1, np.int64)
    got = ops.cut(seen, people, gpu.put(masks.astype(np.uint8)), rows, WHITE, 8, 16)
    cuts, kept = (pixels_of(gpu, tensor) for tensor in got)
    wanted_cuts, wanted_kept = CpuImageOps().cut(wanted, people, masks, rows, WHITE, 8, 16)
    np.testing.assert_array_equal(kept, wanted_kept)
    assert np.abs(cuts.astype(int) - wanted_cuts).max() <= 1


@settings(max_examples=30)
@given(st.integers(0, 999))
def test_a_cut_shows_nothing_of_what_its_mask_hides(gpu: Gpu, ops: JetsonImageOps, seed: int) -> None:
    mask = patches(seed)[:1]
    worn, other = (np.random.default_rng(seed + more).integers(0, 256, (24, 20, 3)) for more in (0, 1))
    behind = np.where(mask[0][..., None], worn, other)
    first, second = (
        ops.cut(
            Frame(ops.upload(pixels.astype(np.uint8)), 20, 24, 0.0, 0),
            boxes((0, 0, 20, 24)),
            gpu.put(mask.astype(np.uint8)),
            np.zeros(1, np.int64),
            WHITE,
            16,
            32,
        )
        for pixels in (worn, behind)
    )
    for one, another in zip(first, second, strict=True):
        np.testing.assert_array_equal(pixels_of(gpu, one), pixels_of(gpu, another))


def test_all_garments_of_a_frame_are_two_launches(driver: ShimDriver, gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, _ = both_frames(gpu, (40, 30), NV12)
    masks = gpu.put(np.ones((3, 24, 20), np.uint8))
    driver.launched.clear()
    ops.cut(seen, sorted_boxes([(0, 0, 20, 20)] * 8), masks, np.zeros(8, np.int64), WHITE, 8, 16)
    assert driver.launched == ["find_garments", "cut_garments"]


def noisy_cuts(seed: int, count: int, width: int, height: int, full: float) -> tuple[Bytes, Bytes]:
    rng = np.random.default_rng(seed)
    masks = (rng.random((count, height, width)) < full).astype(np.uint8)
    return rng.integers(0, 256, (count, height, width, 3), dtype=np.uint8), masks


@given(
    st.integers(0, 999),
    st.integers(0, 3),
    st.integers(1, 70),
    st.integers(1, 70),
    st.sampled_from([0.0, 0.01, 0.5, 1.0]),
)
def test_reliefs_are_the_cpu_wing_s_within_a_level(
    gpu: Gpu, ops: JetsonImageOps, seed: int, count: int, width: int, height: int, full: float
) -> None:
    cuts, masks = noisy_cuts(seed, count, width, height, full)
    got = pixels_of(gpu, ops.relief(gpu.put(cuts), gpu.put(masks)))
    wanted = planar(CpuImageOps().relief(cuts, masks > 0))
    assert got.shape == wanted.shape
    apart = np.abs(got - wanted)
    assert apart.max(initial=0) <= 1
    assert apart.mean() < 0.01 if apart.size > 500 else True


def test_a_relief_is_normalised_for_its_network(gpu: Gpu, ops: JetsonImageOps) -> None:
    odd = Normal((10, 20, 30), (1, 2, 3))
    cuts, masks = (gpu.put(array) for array in noisy_cuts(0, 1, 30, 40, 0.8))
    levels = pixels_of(gpu, ops.relief(cuts, masks))
    plain = PLAIN.detector
    got = pixels_of(gpu, JetsonImageOps(gpu, Preparation(plain, plain, odd)).relief(cuts, masks))
    for channel in range(3):
        np.testing.assert_allclose(got[0, channel], (levels[0, 0] - odd.mean[channel]) * odd.scale[channel])


def test_a_relief_of_nothing_is_grey(gpu: Gpu, ops: JetsonImageOps) -> None:
    cuts, masks = (gpu.put(array) for array in noisy_cuts(0, 2, 30, 40, 0.0))
    assert (pixels_of(gpu, ops.relief(cuts, masks)) == GREY).all()


@given(st.integers(0, 999), st.integers(1, 70), st.integers(1, 70), st.lists(st.integers(0, 2), max_size=4))
def test_sharpness_is_the_cpu_wing_s(gpu: Gpu, seed: int, width: int, height: int, chosen: list[int]) -> None:
    odd = Normal((103, 116, 123), (1 / 58, 1 / 57, 1 / 56))
    crops, _ = noisy_cuts(seed, 3, width, height, 1.0)
    mean, scale = (np.array(part, np.float32) for part in (odd.mean, odd.scale))
    ready = gpu.put(planar((crops - mean) * scale))
    plain, rows = PLAIN.detector, np.array(chosen, np.int64)
    got = JetsonImageOps(gpu, Preparation(plain, odd, plain)).sharpness(ready, rows)
    np.testing.assert_allclose(got, CpuImageOps().sharpness(crops, rows), rtol=1e-5)


def test_a_plain_crop_has_no_detail_at_all(gpu: Gpu, ops: JetsonImageOps) -> None:
    assert ops.sharpness(gpu.put(np.full((1, 3, 50, 40), 77, np.float32)), np.zeros(1, np.int64)) == [0]


@given(SIZES, st.lists(EDGES, max_size=3), LAYOUTS, st.integers(0, 8))
def test_highlights_are_the_cpu_wing_s(
    gpu: Gpu, ops: JetsonImageOps, size: Any, edges: Any, layout: Any, extra: int
) -> None:
    seen, wanted = both_frames(gpu, size, layout, extra, seed=extra)
    people = sorted_boxes(edges)
    got = ops.highlights(seen, people)
    assert got.dtype == np.float32
    # One level of a pixel of the small picture, that of two neighbours is a mean of.
    np.testing.assert_allclose(got, CpuImageOps().highlights(wanted, people), atol=1)


def test_highlights_of_a_camera_s_frame_are_exact_and_only_counts_come_back(
    gpu: Gpu, ops: JetsonImageOps
) -> None:
    seen, wanted = both_frames(gpu, (1280, 720), NV12, 16)
    people, before = boxes((100, 100, 400, 700), (500, 0, 2000, 900)), gpu.copies.figures_out
    got = ops.highlights(seen, people)
    assert gpu.copies.figures_out - before == 2 * 3 * 256 * 4
    np.testing.assert_allclose(got, CpuImageOps().highlights(wanted, people), atol=0.02)


def test_where_people_fill_the_picture_they_serve_for_the_light(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, wanted = both_frames(gpu, (64, 48), RGB)
    for people in (boxes((-5, -5, 400, 300)), boxes((0, 0, 62, 48)), boxes()):
        np.testing.assert_array_equal(ops.highlights(seen, people), CpuImageOps().highlights(wanted, people))
    covered = ops.highlights(seen, boxes((-5, -5, 400, 300)))
    np.testing.assert_array_equal(covered, ops.highlights(seen, boxes()))


@given(st.lists(st.integers(0, 255), min_size=1, max_size=300), st.sampled_from([0.0, 0.5, HIGHLIGHT, 1.0]))
def test_a_quantile_of_counts_is_that_of_what_was_counted(values: list[int], share: float) -> None:
    counts = np.bincount(values, minlength=256)
    assert quantile(counts, share) == pytest.approx(np.quantile(np.array(values, np.uint8), share))


def test_nobody_goes_through_every_step(gpu: Gpu, ops: JetsonImageOps) -> None:
    seen, _ = both_frames(gpu, (40, 30), NV12)
    masks, nobody = gpu.put(np.ones((3, 24, 20), np.uint8)), np.zeros(0, np.int64)
    cuts, kept = ops.cut(seen, boxes(), masks, nobody, WHITE, 8, 16)
    assert (cuts.shape, kept.shape) == ((0, 16, 8, 3), (0, 16, 8))
    assert ops.relief(cuts, kept).shape == (0, 3, 16, 8)
    assert ops.sharpness(ops.crop(seen, boxes(), 16, 16), nobody).shape == (0,)
