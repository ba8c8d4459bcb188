"""Clothes only: the head is off, the street is black, and a bad mask is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.app import Eyes
from appliance.records import DeviceArray, FloatArray, Garments, MaskArray
from appliance.runtime.cpu.image import CpuImageOps
from appliance.vision.garments import (
    CROP_HEIGHT,
    CROP_WIDTH,
    CUT_HEIGHT,
    CUT_WIDTH,
    GarmentCutter,
    MaskRefused,
    clothes_of,
    pad,
    person_in_matte,
)
from tests.streets import boxes, frame

IDS = np.array([3], np.int64)
TALL = boxes((200, 60, 330, 420))
SMALL = boxes((200, 100, 260, 250))
SKIN, COAT, STREET_COLOUR = (230, 180, 150), (180, 20, 20), (90, 110, 90)


def standing(height: int = CROP_HEIGHT, width: int = CROP_WIDTH) -> MaskArray:
    """A whole person in a crop: head, neck, trunk."""
    mask = np.zeros((height, width), np.bool_)
    mask[height * 8 // 100 : height * 18 // 100, width * 40 // 100 : width * 60 // 100] = True
    mask[height * 18 // 100 : height * 22 // 100, width * 46 // 100 : width * 54 // 100] = True
    mask[height * 22 // 100 : height * 92 // 100, width * 30 // 100 : width * 70 // 100] = True
    return mask


class Matte:
    """A matte network that answers as it is told, and counts how often it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0

    def infer(self, inputs: Mapping[str, DeviceArray]) -> dict[str, NDArray[np.float32]]:
        self.asked += 1
        assert inputs["input"].shape == (1, 3, CROP_HEIGHT, CROP_WIDTH)
        answer = self.answer() if callable(self.answer) else self.answer
        return {"output": answer[None, None].astype(np.float32)}


class Image(CpuImageOps):
    """Real geometry; the silhouette by colours answers as it is told."""

    def __init__(self, silhouette: MaskArray | None = None) -> None:
        super().__init__()
        self.silhouette = np.zeros((CROP_HEIGHT, CROP_WIDTH), np.bool_) if silhouette is None else silhouette

    def segment(self, crops: DeviceArray, hints: NDArray[np.uint8]) -> MaskArray:
        assert hints.shape == (CROP_HEIGHT, CROP_WIDTH)
        return np.repeat(self.silhouette[None], len(crops), axis=0)


def street_with_a_person(at: FloatArray = TALL) -> DeviceArray:
    """A picture whose person has a head of skin and a coat below."""
    pixels = np.full((480, 640, 3), STREET_COLOUR, np.uint8)
    left, top, right, bottom = (round(edge) for edge in pad(at)[0].tolist())
    person = standing(bottom - top, right - left)
    cut = pixels[top:bottom, left:right]
    cut[person] = COAT
    head = person.copy()
    head[len(head) * 18 // 100 :] = False
    cut[head] = SKIN
    return pixels


def cut(matte: Any, silhouette: MaskArray | None = None, at: FloatArray = TALL) -> Garments:
    return GarmentCutter(Image(silhouette), Matte(matte)).cut(frame(street_with_a_person(at)), IDS, at)


def test_a_good_matte_gives_clothes_without_head_or_street() -> None:
    garments = cut(standing().astype(np.float32))
    assert garments.refused == {}
    assert garments.ids.tolist() == [3]
    assert garments.cuts.shape == (1, CUT_HEIGHT, CUT_WIDTH, 3)
    worn = garments.cuts[0][garments.masks[0]]
    assert garments.masks.mean() > 0.5
    as_the_coat = (np.abs(worn.astype(int) - COAT) <= 25).all(axis=1)
    assert as_the_coat.mean() > 0.97  # the edge blends a little
    assert not (np.abs(worn.astype(int) - SKIN) <= 25).all(axis=1).any()
    assert (garments.cuts[~garments.masks] == 0).all()


@pytest.mark.parametrize(
    ("matte", "reason"),
    [
        (np.full((CROP_HEIGHT, CROP_WIDTH), np.nan), "not finite"),
        (np.where(standing(), np.inf, 0), "not finite"),
        (np.zeros((CROP_HEIGHT, CROP_WIDTH)), "fills 0%"),
        (np.ones((CROP_HEIGHT, CROP_WIDTH)), "fills 100%"),
        (np.full((CROP_HEIGHT, CROP_WIDTH), 0.6), "in doubt"),
        (np.where(standing(), 0.7, 0.0), "in doubt"),
        (np.where(np.arange(CROP_HEIGHT)[:, None] < 150, standing(), 0.0), "of the box|only part"),
    ],
)
def test_a_bad_matte_is_refused_with_a_reason(matte: Any, reason: str) -> None:
    with pytest.raises(MaskRefused, match=reason):
        clothes_of(person_in_matte(matte))


@pytest.mark.parametrize(
    "matte", [np.full((CROP_HEIGHT, CROP_WIDTH), np.nan), np.zeros((CROP_HEIGHT, CROP_WIDTH))]
)
def test_without_a_mask_the_person_is_refused_not_cut(matte: Any) -> None:
    garments = cut(matte)
    assert list(garments.refused) == [3]
    assert "fills 0%" in garments.refused[3]
    assert garments.cuts.shape == (0, CUT_HEIGHT, CUT_WIDTH, 3)
    assert garments.masks.shape == (0, CUT_HEIGHT, CUT_WIDTH)
    assert len(garments.ids) == len(garments.weights) == 0


def test_the_silhouette_steps_in_where_the_matte_fails() -> None:
    garments = cut(np.zeros((CROP_HEIGHT, CROP_WIDTH)), silhouette=standing())
    assert garments.refused == {}
    assert garments.masks.any()


def test_small_people_are_masked_by_colours_alone() -> None:
    matte = Matte(np.zeros((CROP_HEIGHT, CROP_WIDTH)))
    cutter = GarmentCutter(Image(standing()), matte)
    garments = cutter.cut(frame(street_with_a_person(SMALL)), IDS, SMALL)
    assert matte.asked == 0
    assert garments.ids.tolist() == [3]


def test_only_the_bad_mask_of_several_is_refused() -> None:
    answers = iter(
        [standing().astype(np.float32), np.zeros((CROP_HEIGHT, CROP_WIDTH)), standing().astype(np.float32)]
    )
    cutter = GarmentCutter(Image(), Matte(lambda: next(answers)))
    garments = cutter.cut(frame(street_with_a_person()), np.array([4, 5, 6]), np.repeat(TALL, 3, axis=0))
    assert garments.ids.tolist() == [4, 6]
    assert list(garments.refused) == [5]
    assert len(garments.cuts) == len(garments.masks) == len(garments.weights) == 2


def test_the_head_is_no_clothes() -> None:
    person = standing()
    clothes = clothes_of(person)
    assert not clothes[: CROP_HEIGHT * 18 // 100].any()
    np.testing.assert_array_equal(clothes[CROP_HEIGHT // 4 :], person[CROP_HEIGHT // 4 :])


def test_a_blurred_view_counts_less_than_a_sharp_one() -> None:
    sharp = street_with_a_person()
    sharp[::4] = 255 - sharp[::4]
    seen = [
        GarmentCutter(Image(), Matte(standing().astype(np.float32))).cut(frame(picture), IDS, TALL).weights[0]
        for picture in (street_with_a_person() * 0 + 128, street_with_a_person(), sharp)
    ]
    assert 0 <= seen[0] < seen[1] < seen[2] <= 1


def test_nobody_has_no_garments() -> None:
    garments = GarmentCutter(Image(), Matte(standing())).cut(frame(), IDS[:0], boxes())
    assert garments.cuts.shape == (0, CUT_HEIGHT, CUT_WIDTH, 3)
    assert garments.refused == {}


def test_a_padded_box_grows_on_each_side() -> None:
    np.testing.assert_allclose(pad(boxes((0, 0, 100, 200))), [[-15, -16, 115, 216]])
    assert pad(boxes()).shape == (0, 4)


def test_the_real_networks_refuse_a_wall(eyes: Eyes) -> None:
    garments = eyes.garments.cut(frame(np.full((480, 640, 3), 90, np.uint8)), IDS, TALL)
    assert list(garments.refused) == [3]
