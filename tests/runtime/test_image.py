"""Geometry on pixels: where things land, and that what is hidden stays hidden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import Frame, MaskArray
from appliance.runtime.cpu.image import GREY, CpuImageOps, detail, span
from appliance.vision.silhouette import INSIDE, LIKELY_INSIDE, silhouette_hints
from tests.streets import body_mask, boxes, frame

SIDES = st.integers(1, 120)
NOTHING = np.zeros((0, 20, 10, 3), np.uint8)


def noise(seed: int, *shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@given(SIDES, SIDES, st.integers(8, 96), st.integers(8, 96))
def test_a_letterbox_holds_the_whole_frame_in_its_top_left_and_grey_around(
    frame_width: int, frame_height: int, width: int, height: int
) -> None:
    white = np.full((frame_height, frame_width, 3), 255, np.uint8)
    tensor, scale = CpuImageOps().letterbox(frame(white), width, height)
    assert tensor.shape == (1, height, width, 3)
    assert tensor.dtype == np.uint8
    rows, columns = max(1, round(frame_height / scale)), max(1, round(frame_width / scale))
    assert rows == height or columns == width
    assert (tensor[0, :rows, :columns] == 255).all()
    assert (tensor[0, rows:] == GREY).all()
    assert (tensor[0, :, columns:] == GREY).all()


def test_a_letterbox_keeps_colours_and_places() -> None:
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[60:120, 160:240] = (250, 100, 10)
    tensor, scale = CpuImageOps().letterbox(frame(pixels), 160, 160)
    assert scale == 2
    np.testing.assert_array_equal(tensor[0, 45, 100], [250, 100, 10])
    np.testing.assert_array_equal(tensor[0, 20, 100], [0, 0, 0])


def test_a_letterbox_used_again_for_another_size_has_no_leftovers() -> None:
    image = CpuImageOps()
    for pixels in (noise(0, 90, 60, 3), noise(1, 30, 60, 3), noise(2, 90, 60, 3)):
        used = image.letterbox(frame(pixels), 64, 64)[0].copy()
        np.testing.assert_array_equal(used, CpuImageOps().letterbox(frame(pixels), 64, 64)[0])


def test_a_crop_of_its_own_size_is_the_pixels_themselves() -> None:
    pixels = noise(0, 60, 80, 3)
    crop = CpuImageOps().crop(frame(pixels), boxes((10, 20, 40, 50)), 30, 30)
    np.testing.assert_array_equal(crop[0], pixels[20:50, 10:40])


@given(st.tuples(*[st.floats(-150, 250, width=32)] * 4))
def test_a_crop_is_grey_outside_the_frame_wherever_the_box_lies(
    edges: tuple[float, float, float, float],
) -> None:
    left, right = sorted(edges[::2])
    top, bottom = sorted(edges[1::2])
    black = frame(np.zeros((80, 100, 3), np.uint8))
    crop = CpuImageOps().crop(black, boxes((left, top, right, bottom)), 24, 48)
    assert crop.shape == (1, 48, 24, 3)
    assert crop.max() <= GREY
    if right < -1 or bottom < -1 or left > 101 or top > 81:
        assert (crop == GREY).all()


def test_a_crop_half_outside_is_half_grey() -> None:
    white = frame(np.full((80, 100, 3), 255, np.uint8))
    crop = CpuImageOps().crop(white, boxes((-50, 0, 50, 80), (0, 40, 100, 120)), 100, 80)
    assert (crop[0, :, :50] == GREY).all()
    assert (crop[0, :, 50:] == 255).all()
    assert (crop[1, :40] == 255).all()
    assert (crop[1, 40:] == GREY).all()


def test_a_network_input_is_planar_and_within_one() -> None:
    planar = CpuImageOps().network_input(noise(0, 2, 6, 5, 3))
    assert planar.shape == (2, 3, 6, 5)
    assert planar.dtype == np.float32
    assert np.abs(planar).max() <= 1
    ends = CpuImageOps().network_input(np.array([0, 255], np.uint8).reshape(1, 1, 2, 1).repeat(3, axis=3))
    np.testing.assert_array_equal(ends[0, :, 0], [[-1, 1]] * 3)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(0, 60), st.integers(0, 90))
def test_a_cut_shows_nothing_of_what_the_mask_hides(seed: int, left: int, top: int) -> None:
    mask = np.zeros((1, 120, 80), np.bool_)
    mask[0, top : top + 30, left : left + 20] = True
    mask[0, top + 5 : top + 12, left + 4 : left + 9] = False
    crop = noise(seed, 1, 120, 80, 3)
    other = np.where(mask[..., None], crop, noise(seed + 1, 1, 120, 80, 3))
    whole = boxes((0, 0, 80, 120))
    first, second = (
        CpuImageOps().cut(Frame(pixels[0], 80, 120, 0.0, 0), whole, mask, 64, 128) for pixels in (crop, other)
    )
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert (first[0][~first[1]] == 0).all()


def test_a_cut_fills_its_frame_whatever_the_body_s_width() -> None:
    mask = np.zeros((2, 120, 80), np.bool_)
    mask[0, 10:110, 35:45] = True
    mask[1, 10:110, 5:75] = True
    pale = Frame(np.full((240, 160, 3), 200, np.uint8), 160, 240, 0.0, 0)
    both = boxes((0, 0, 160, 240), (0, 0, 160, 240))
    cuts, kept = CpuImageOps().cut(pale, both, mask, 64, 128)
    assert kept.all()
    assert (cuts == 200).all()


def test_a_segment_finds_a_coat_that_differs_from_the_street() -> None:
    plain = np.full((1, 384, 192, 3), (90, 110, 90), np.uint8)
    crop = (plain + np.random.default_rng(0).integers(-8, 8, plain.shape)).astype(np.uint8)
    body = np.zeros((384, 192), np.bool_)
    body[60:340, 60:132] = True
    crop[0][body] = (180, 30, 30)
    hints = silhouette_hints(192, 384, 0.15, 0.08)
    first, again = (CpuImageOps().segment(crop, hints)[0] for _ in range(2))
    assert (first & body).sum() > 0.9 * body.sum()
    assert (first & ~body).sum() < 0.1 * body.sum()
    np.testing.assert_array_equal(first, again)
    assert (first[(hints == INSIDE) & body]).mean() > 0.99
    assert LIKELY_INSIDE in hints


def test_a_sharp_crop_has_more_detail_than_a_blurred_one() -> None:
    checks = (np.indices((40, 40)).sum(axis=0) % 2 * 255).astype(np.uint8)
    sharp = np.repeat(checks[..., None], 3, axis=2)
    found = CpuImageOps().sharpness(np.stack([sharp, sharp // 2 + 64, sharp * 0 + 90]))
    assert found[0] > found[1] > found[2] == 0
    assert detail(sharp) == found[0]


def test_no_crops_go_through_every_step() -> None:
    image = CpuImageOps()
    assert image.crop(frame(), boxes(), 10, 20).shape == (0, 20, 10, 3)
    assert image.network_input(NOTHING).shape == (0, 3, 20, 10)
    assert image.segment(NOTHING, np.zeros((20, 10), np.uint8)).shape == (0, 20, 10)
    assert image.sharpness(NOTHING).shape == (0,)
    cuts, masks = image.cut(frame(), boxes(), np.zeros((0, 20, 10), np.bool_), 4, 8)
    assert cuts.shape == (0, 8, 4, 3)
    assert masks.shape == (0, 8, 4)


@pytest.mark.parametrize(
    ("line", "want"),
    [([0, 1, 0, 1, 0], slice(1, 4)), ([1], slice(0, 1)), ([0, 0], slice(0, 2)), ([], slice(0, 0))],
)
def test_a_span_reaches_from_first_to_last(line: list[int], want: slice) -> None:
    assert span(np.array(line, np.bool_)) == want


def test_uploaded_pixels_are_a_frame_s_pixels() -> None:
    pixels: NDArray[np.uint8] = noise(0, 4, 4, 3)
    np.testing.assert_array_equal(CpuImageOps().upload(pixels), pixels)
    mask: MaskArray = body_mask()
    assert mask.any()
