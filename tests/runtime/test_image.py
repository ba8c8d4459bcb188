"""Geometry on pixels: where things land, and that what is hidden stays hidden."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.records import Frame, IntArray, MaskArray
from appliance.runtime.cpu.image import CpuImageOps, detail, span
from appliance.runtime.looks import GREY
from tests.streets import BLUE, RED, body_mask, boxes, cloth, frame

SIDES = st.integers(1, 120)
CLOTH_GREY = (120, 120, 120)
PLAIN = np.ones(3, np.float32)
"Gains of white light."
FIRST: IntArray = np.zeros(1, np.int64)
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


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(0, 60), st.integers(0, 90))
def test_a_cut_shows_nothing_of_what_the_mask_hides(seed: int, left: int, top: int) -> None:
    mask = np.zeros((1, 120, 80), np.bool_)
    mask[0, top : top + 30, left : left + 20] = True
    mask[0, top + 5 : top + 12, left + 4 : left + 9] = False
    crop = noise(seed, 1, 120, 80, 3)
    other = np.where(mask[..., None], crop, noise(seed + 1, 1, 120, 80, 3))
    whole, gains = boxes((0, 0, 80, 120)), np.array([0.5, 1.3, 2.5], np.float32)
    first, second = (
        CpuImageOps().cut(Frame(pixels[0], 80, 120, 0.0, 0), whole, mask, FIRST, gains, 64, 128)
        for pixels in (crop, other)
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
    cuts, kept = CpuImageOps().cut(pale, both, mask, np.arange(2), PLAIN, 64, 128)
    assert kept.all()
    assert (cuts == 200).all()


def test_the_rows_say_which_masks_are_cut_and_which_crops_are_looked_at() -> None:
    image, picture = CpuImageOps(), frame(noise(0, 120, 80, 3))
    masks = noise(1, 4, 30, 20) > 90
    rows, both = np.array([3, 1], np.int64), boxes((0, 0, 60, 90), (20, 10, 80, 120))
    chosen = image.cut(picture, both, masks, rows, PLAIN, 16, 32)
    alone = image.cut(picture, both, masks[[3, 1]], np.arange(2), PLAIN, 16, 32)
    for one, other in zip(chosen, alone, strict=True):
        np.testing.assert_array_equal(one, other)
    crops = np.stack([cloth(RED, RED), cloth(RED, BLUE), cloth(RED, RED, "stripes")])
    seen = image.sharpness(crops, np.arange(3))
    np.testing.assert_array_equal(image.sharpness(crops, np.array([2, 0, 2])), seen[[2, 0, 2]])
    assert len(set(seen.tolist())) == 3


def test_gains_take_the_light_out_of_a_cut_and_do_not_run_over() -> None:
    lit = Frame(np.full((120, 80, 3), (100, 150, 200), np.uint8), 80, 120, 0.0, 0)
    mask = np.ones((1, 30, 20), np.bool_)
    gains = np.array([2.0, 0.5, 2.0], np.float32)
    cuts, _ = CpuImageOps().cut(lit, boxes((0, 0, 80, 120)), mask, FIRST, gains, 64, 128)
    np.testing.assert_array_equal(np.unique(cuts.reshape(-1, 3), axis=0), [[200, 75, 255]])


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(-3, 3))
def test_highlights_are_the_street_s_whatever_people_wear(seed: int, shift: int) -> None:
    """Shifted boxes do not end at the blocks of the smaller picture, so edges would blend in if not left out."""
    image, person = CpuImageOps(), boxes((40 + shift, 40 + shift, 120 + shift, 200 + shift))
    seen = []
    for people in (noise(seed, 160, 80, 3), np.full((160, 80, 3), 255, np.uint8)):
        pixels = np.full((240, 320, 3), (90, 100, 110), np.uint8)
        pixels[:32, 160:] = (200, 220, 240)
        pixels[40 + shift : 200 + shift, 40 + shift : 120 + shift] = people
        seen.append(image.highlights(frame(pixels), person))
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_allclose(seen[0], [200, 220, 240])


def test_where_people_fill_the_picture_they_have_to_serve_for_the_light() -> None:
    pale = frame(np.full((240, 320, 3), 180, np.uint8))
    np.testing.assert_array_equal(CpuImageOps().highlights(pale, boxes((-5, -5, 400, 300))), [180] * 3)
    np.testing.assert_array_equal(CpuImageOps().highlights(pale, boxes()), [180] * 3)


def test_a_relief_has_no_colour_and_the_same_light_whatever_the_dye() -> None:
    mask = body_mask()[None]
    reliefs = [
        CpuImageOps().relief(cloth(dye, dye, "checks")[None], mask)[0] for dye in (RED, BLUE, CLOTH_GREY)
    ]
    for relief in reliefs:
        assert (np.ptp(relief, axis=2) == 0).all()
        away = cv2.erode((~mask[0]).astype(np.uint8), np.ones((7, 7), np.uint8)).astype(np.bool_)
        assert (relief[away] == GREY).all()
        assert relief[mask[0]].mean() == pytest.approx(reliefs[2][mask[0]].mean(), abs=4)
        assert relief[mask[0]].std() == pytest.approx(reliefs[2][mask[0]].std(), abs=4)


def test_a_relief_keeps_folds_and_leaves_plain_cloth_plain() -> None:
    mask = body_mask()[None]
    plain, checks = (
        CpuImageOps().relief(cloth(CLOTH_GREY, CLOTH_GREY, pattern)[None], mask)[0][mask[0]].std()
        for pattern in ("plain", "checks")
    )
    assert plain < 5
    assert checks > 25


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_a_relief_shows_nothing_of_what_the_mask_hides(seed: int) -> None:
    mask = body_mask()[None]
    worn, other = (noise(seed + more, 1, 256, 128, 3) for more in (0, 1))
    behind = np.where(mask[..., None], worn, other)
    np.testing.assert_array_equal(CpuImageOps().relief(worn, mask), CpuImageOps().relief(behind, mask))


def test_a_relief_of_an_empty_mask_is_grey() -> None:
    none = np.zeros((1, 256, 128), np.bool_)
    assert (CpuImageOps().relief(noise(0, 1, 256, 128, 3), none) == GREY).all()


def test_a_sharp_crop_has_more_detail_than_a_blurred_one() -> None:
    checks = (np.indices((40, 40)).sum(axis=0) % 2 * 255).astype(np.uint8)
    sharp = np.repeat(checks[..., None], 3, axis=2)
    found = CpuImageOps().sharpness(np.stack([sharp, sharp // 2 + 64, sharp * 0 + 90]), np.arange(3))
    assert found[0] > found[1] > found[2] == 0
    assert detail(sharp) == found[0]


def test_no_crops_go_through_every_step() -> None:
    image = CpuImageOps()
    assert image.crop(frame(), boxes(), 10, 20).shape == (0, 20, 10, 3)
    assert image.relief(NOTHING, NOTHING[..., 0] > 0).shape == (0, 20, 10, 3)
    assert image.sharpness(NOTHING, FIRST[:0]).shape == (0,)
    cuts, masks = image.cut(frame(), boxes(), np.zeros((0, 20, 10), np.bool_), FIRST[:0], PLAIN, 4, 8)
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


def test_a_glance_is_the_mean_light_of_what_each_pixel_covers() -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, 40:] = (255, 0, 0)
    light = CpuImageOps().glance(frame(pixels), 4, 2)
    assert light.shape == (2, 4)
    assert light.tolist() == [[0, 0, 76, 76]] * 2
    grey = np.full((30, 50, 3), 93, np.uint8)
    assert (CpuImageOps().glance(frame(grey), 192, 108) == 93).all()
