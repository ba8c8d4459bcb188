"""Clothes only: the head is off, the street is black, the body is not stretched, and a bad mask is refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.app import Eyes
from appliance.records import FloatArray, Garments, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps
from appliance.runtime.cpu.image import CpuImageOps
from appliance.runtime.photos import read_photo
from appliance.vision.garments import (
    CUT_HEIGHT,
    CUT_WIDTH,
    MARGIN,
    VIEW,
    GarmentCutter,
    square_views,
    view_boxes,
)
from appliance.vision.stopwatch import Stopwatch
from tests.bodies import Answer, FakeBody, silhouette_of, standing, standing_points
from tests.streets import Pixels, boxes, frame

IDS = np.array([3], np.int64)
PLAIN = np.ones(3, np.float32)
"Gains of white light."
TALL = boxes((200, 60, 330, 420))
SKIN, COAT, STREET_COLOUR = (230, 180, 150), (180, 20, 20), (90, 110, 90)


def street_with_a_person(at: FloatArray = TALL) -> Pixels:
    """A picture in which the fake network's body stands in the box: a head of skin and a coat below."""
    view = np.full((VIEW, VIEW, 3), STREET_COLOUR, np.uint8)
    person = silhouette_of(standing_points()) > 0.5
    view[person] = COAT
    view[:62][person[:62]] = SKIN
    left, top, right, bottom = (round(edge) for edge in square_views(at)[0].tolist())
    pixels = np.full((480, 640, 3), STREET_COLOUR, np.uint8)
    pixels[top:bottom, left:right] = cv2.resize(view, (right - left, bottom - top))
    return pixels


def cut(*answers: Answer, pixels: Pixels | None = None, gains: FloatArray = PLAIN) -> Garments:
    cutter = GarmentCutter(CpuImageOps(), FakeBody(*answers), CpuBodyOps())
    return cutter.cut(frame(street_with_a_person() if pixels is None else pixels), IDS, TALL, gains)


def near(pixels: Pixels, colour: tuple[int, int, int]) -> float:
    """Share of pixels (M, 3) that have a colour, nearly."""
    return float((np.abs(pixels.astype(int) - colour) <= 25).all(axis=-1).mean())


def test_a_good_mask_gives_clothes_without_head_or_street() -> None:
    garments = cut()
    assert garments.refused == {}
    assert garments.ids.tolist() == [3]
    assert garments.cuts.shape == garments.core_cuts.shape == (1, CUT_HEIGHT, CUT_WIDTH, 3)
    for cuts, masks in ((garments.cuts, garments.masks), (garments.core_cuts, garments.core_masks)):
        worn = cuts[0][masks[0]]
        assert masks.mean() > 0.3
        assert near(worn, COAT) > 0.95  # the edge blends a little
        assert near(worn, SKIN) == 0
        assert near(worn, STREET_COLOUR) < 0.01
        assert (cuts[~masks] == 0).all()


def test_gains_multiply_what_is_cut() -> None:
    dim = (street_with_a_person() // 2).astype(np.uint8)
    lit, plain = cut(pixels=dim, gains=np.full(3, 2, np.float32)), cut()
    np.testing.assert_array_equal(lit.masks, plain.masks)
    assert np.abs(lit.cuts.astype(int) - plain.cuts).max() <= 3


@pytest.mark.parametrize("presence", [0.0, 0.49, float("nan")])
def test_where_no_body_is_recognised_nothing_is_cut(presence: float) -> None:
    garments = cut(standing(presence=presence))
    assert garments.refused == {3: "no body was recognised"}
    assert garments.cuts.shape == garments.core_cuts.shape == (0, CUT_HEIGHT, CUT_WIDTH, 3)
    assert garments.masks.shape == garments.core_masks.shape == (0, CUT_HEIGHT, CUT_WIDTH)
    assert len(garments.ids) == len(garments.weights) == 0


@pytest.mark.parametrize(
    ("silhouette", "reason"),
    [(np.zeros((VIEW, VIEW)), "fills 0%"), (np.full((VIEW, VIEW), np.nan), "not finite")],
)
def test_a_bad_mask_is_refused_not_cut(silhouette: FloatArray, reason: str) -> None:
    garments = cut(standing(silhouette=silhouette))
    assert list(garments.refused) == [3]
    assert reason in garments.refused[3]
    assert len(garments.cuts) == 0


def test_only_the_bad_mask_of_several_is_refused() -> None:
    body = FakeBody(standing(), standing(presence=0.2), standing())
    picture = frame(street_with_a_person())
    people = np.repeat(TALL, 3, axis=0)
    garments = GarmentCutter(CpuImageOps(), body, CpuBodyOps()).cut(
        picture, np.array([4, 5, 6]), people, PLAIN
    )
    assert garments.ids.tolist() == [4, 6]
    assert list(garments.refused) == [5]
    assert len(garments.cuts) == len(garments.core_masks) == len(garments.weights) == 2
    assert body.seen == [3]


def test_a_blurred_view_counts_less_than_a_sharp_one() -> None:
    sharp = street_with_a_person()
    sharp[::4] = 255 - sharp[::4]
    seen = [
        cut(pixels=picture).weights[0]
        for picture in (street_with_a_person() * 0 + 128, street_with_a_person(), sharp)
    ]
    assert 0 <= seen[0] < seen[1] < seen[2] <= 1


def test_nobody_has_no_garments_and_costs_no_look() -> None:
    body = FakeBody()
    garments = GarmentCutter(CpuImageOps(), body, CpuBodyOps()).cut(frame(), IDS[:0], boxes(), PLAIN)
    assert garments.cuts.shape == garments.core_cuts.shape == (0, CUT_HEIGHT, CUT_WIDTH, 3)
    assert garments.refused == {}
    assert body.seen == []


SIDES = st.floats(1, 500, width=32)


@given(SIDES, SIDES, SIDES, SIDES)
def test_a_view_is_square_and_holds_the_padded_box_of_somebody_upright(
    left: float, top: float, width: float, height: float
) -> None:
    box = boxes((left, top, left + width, top + height))
    (square,) = square_views(box)
    across, down = square[2:] - square[:2]
    assert across == pytest.approx(down, rel=1e-3)
    assert across == pytest.approx(MARGIN * max(width, height), rel=1e-2)
    (placed,) = view_boxes(box, square_views(box))
    assert (placed[2:] - placed[:2]).max() < 1.1 * VIEW
    if width < height:
        assert placed.min() >= 0
        assert placed.max() <= VIEW
    np.testing.assert_allclose(placed[:2] + placed[2:], [VIEW, VIEW], atol=0.5)


def test_nobody_has_no_views() -> None:
    assert square_views(boxes()).shape == (0, 4)
    assert view_boxes(boxes(), square_views(boxes())).shape == (0, 4)


@pytest.mark.parametrize("place", [(-40, 60, 60, 420), (590, 200, 700, 470), (250, -200, 380, 100)])
def test_whoever_leaves_the_picture_is_cut_as_far_as_he_is_seen(
    place: tuple[float, float, float, float],
) -> None:
    cutter = GarmentCutter(CpuImageOps(), FakeBody(), CpuBodyOps())
    garments = cutter.cut(frame(), IDS, boxes(place), PLAIN)
    assert garments.cuts.shape == (1, CUT_HEIGHT, CUT_WIDTH, 3)


def test_the_real_network_recognises_nobody_in_a_wall(eyes: Eyes) -> None:
    garments = eyes.garments.cut(frame(np.full((480, 640, 3), 90, np.uint8)), IDS, TALL, PLAIN)
    assert garments.refused == {3: "no body was recognised"}


PEOPLE = boxes((590, 152, 618, 234), (348, 199, 381, 276), (375, 177, 409, 256), (493, 147, 520, 221))
"Some people in frame 100 of the sample street."


@pytest.fixture(scope="module")
def sample_frame(street_video: Path) -> Pixels:
    video = cv2.VideoCapture(str(street_video))
    for _ in range(101):
        _, picture = video.read()
    return np.ascontiguousarray(picture[:, :, ::-1])


def test_people_of_the_street_are_cut_from_the_collar_down(eyes: Eyes, sample_frame: Pixels) -> None:
    ids = np.arange(len(PEOPLE))
    garments = eyes.garments.cut(frame(sample_frame), ids, PEOPLE, PLAIN)
    assert garments.refused == {}
    for mask, core in zip(garments.masks, garments.core_masks, strict=True):
        assert 0.25 < mask.mean() < 0.95
        assert 0.25 < core.mean() < 0.95
    views = eyes.image.crop(frame(sample_frame), square_views(PEOPLE), VIEW, VIEW)
    worn = eyes.garments.dress(views, ids, view_boxes(PEOPLE, square_views(PEOPLE)))
    clothes, cores = worn.clothes[worn.rows], worn.cores[worn.rows]
    head_rows = round((1 - 1 / MARGIN) / 2 * VIEW + 0.08 * VIEW / MARGIN)
    assert worn.people.tolist() == ids.tolist()
    assert not clothes[:, :head_rows].any()
    assert not (cores & ~clothes).any()
    assert (cores.sum(axis=(1, 2)) < 0.9 * clothes.sum(axis=(1, 2))).all()


def overlap(one: MaskArray, other: MaskArray) -> float:
    """Intersection over union."""
    return float((one & other).sum() / (one | other).sum())


def test_the_street_in_a_mirror_gives_mirrored_cuts(eyes: Eyes, sample_frame: Pixels) -> None:
    width = sample_frame.shape[1]
    mirrored = np.ascontiguousarray(sample_frame[:, ::-1])
    flipped = (PEOPLE * [-1, 1, -1, 1] + np.array([width, 0, width, 0], np.float32))[:, [2, 1, 0, 3]]
    seen = [
        eyes.garments.cut(frame(picture), np.arange(len(PEOPLE)), people.astype(np.float32), PLAIN)
        for picture, people in ((sample_frame, PEOPLE), (mirrored, flipped))
    ]
    cores = list(zip(seen[0].core_masks, seen[1].core_masks[:, :, ::-1], strict=True))
    clothes = list(zip(seen[0].masks, seen[1].masks[:, :, ::-1], strict=True))
    assert min(overlap(*pair) for pair in cores) > 0.8
    assert np.median([overlap(*pair) for pair in clothes]) > 0.8


def test_people_of_photos_are_cut(eyes: Eyes, shared_data: Path) -> None:
    photos = sorted((shared_data / "outfits/photos").glob("*.jpg"))[:4]
    if not photos:
        pytest.skip("no photos of outfits")
    for photo in photos:
        picture = frame(read_photo(photo))
        found = eyes.detector.detect(picture, Stopwatch())
        garments = eyes.garments.cut(picture, IDS, found.boxes[:1], PLAIN)
        assert garments.refused == {}
        assert 0.2 < garments.masks.mean() < 0.95
