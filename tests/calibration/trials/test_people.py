"""Painted people: the label map fits the pixels, and the seed decides everything."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.geometry import iou
from appliance.records import Frame
from appliance.vision.stopwatch import Stopwatch
from calibration.trials.aids import CHAIRS, STICKS
from calibration.trials.fabric import Cloth, Pattern
from calibration.trials.heads import HAIR_STYLES, HEADWEAR, Head
from calibration.trials.labels import CLOTHING, PERSON, Label, Shot, box_of, where
from calibration.trials.looks import Look, Outfit, random_look
from calibration.trials.palette import MONK_TONES, monk_tone
from calibration.trials.people import random_person, render
from calibration.trials.skeleton import Pose
from calibration.trials.streets import STREETS, paint_street
from calibration.trials.wardrobe import BOTTOMS, TOPS

HEIGHT_PX = 150
PLAIN = Look(Head(5), Outfit(), height_px=HEIGHT_PX)


def shot_of(seed: int = 0, **changes: object) -> Shot:
    return render(dataclasses.replace(PLAIN, **changes), np.random.default_rng(seed))  # type: ignore[arg-type]


def test_the_same_seed_paints_the_same_pixels_and_another_one_does_not() -> None:
    one, same, other = (random_person(np.random.default_rng(seed), HEIGHT_PX) for seed in (3, 3, 4))
    assert np.array_equal(one.photo, same.photo)
    assert np.array_equal(one.labels, same.labels)
    assert not np.array_equal(one.photo, other.photo)


@pytest.mark.parametrize("label", [Label.UPPER, Label.LOWER, Label.SHOES])
def test_labelled_clothes_have_the_colour_of_their_cloth(label: Label) -> None:
    colours = {Label.UPPER: (200, 30, 30), Label.LOWER: (30, 160, 40), Label.SHOES: (40, 40, 210)}
    top, bottom = Cloth(colours[Label.UPPER]), Cloth(colours[Label.LOWER])
    outfit = Outfit("jumper", top, "straight", bottom, shoes=colours[Label.SHOES])
    shot = shot_of(outfit=outfit)
    seen = np.median(shot.photo[shot.labels == label], axis=0)
    assert int(np.argmax(seen)) == int(np.argmax(colours[label]))
    assert np.abs(seen - colours[label]).max() < 60


@pytest.mark.parametrize("tone", range(1, 11))
def test_skin_is_as_light_as_its_monk_tone(tone: int) -> None:
    shot = shot_of(head=Head(tone), outfit=Outfit("vest", bottom="shorts"))
    seen = np.median(shot.photo[shot.labels == Label.SKIN], axis=0)
    assert np.abs(seen - monk_tone(tone)).max() < 45


def test_nothing_of_a_cloth_lies_outside_its_labels() -> None:
    green = Cloth((0, 255, 0))
    shot = shot_of(outfit=Outfit("jumper", green, "straight", green), street="wall")
    pixels = shot.photo.astype(int)
    glowing = pixels[..., 1] - pixels[..., [0, 2]].max(axis=2) > 120
    assert glowing.sum() > 500
    assert (where(shot.labels, CLOTHING)[glowing]).mean() > 0.99


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize("bottom", [*BOTTOMS, ""])
def test_every_cut_hangs_between_neck_and_floor(top: str, bottom: str) -> None:
    shot = shot_of(outfit=Outfit(top, bottom=bottom), height_px=90)
    left, above, width, height = box_of(shot.labels)
    assert left > 0
    assert left + width < shot.labels.shape[1]
    assert above + height < shot.labels.shape[0]
    assert (shot.labels == TOPS[top].label).sum() > 50


@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("hair", HAIR_STYLES)
def test_every_cloth_and_hair_is_painted(pattern: Pattern, hair: str) -> None:
    shot = shot_of(
        outfit=Outfit(top_cloth=Cloth((30, 40, 80), pattern=pattern)), head=Head(4, hair), height_px=90
    )
    assert ((shot.labels == Label.HAIR).sum() > 0) == (hair != "bald")


@pytest.mark.parametrize("headwear", HEADWEAR)
def test_head_coverings_leave_the_face_free(headwear: str) -> None:
    shot = shot_of(head=Head(4, headwear=headwear))
    assert (shot.labels == Label.HEADWEAR).sum() > 50
    top, height = box_of(shot.labels)[1], HEIGHT_PX
    face = shot.labels[top + int(0.06 * height) : top + int(0.14 * height)]
    assert (face == Label.SKIN).sum() > 20


@pytest.mark.parametrize("aid", [*CHAIRS, *STICKS])
@pytest.mark.parametrize("seated", [False, True])
def test_aids_are_labelled_and_no_part_of_the_person(aid: str, seated: bool) -> None:
    shot, free = shot_of(aid=aid, pose=Pose(seated=seated)), shot_of(pose=Pose(seated=seated))
    assert (shot.labels == Label.AID).sum() > (free.labels == Label.AID).sum()
    assert Label.AID not in PERSON


def test_somebody_seated_is_lower_than_somebody_standing() -> None:
    assert box_of(shot_of(pose=Pose(seated=True)).labels)[3] < 0.9 * box_of(shot_of().labels)[3]


@pytest.mark.parametrize("kind", STREETS)
def test_streets_show_nobody_and_differ_by_seed(kind: str) -> None:
    one, other = (paint_street(kind, 80, 120, np.random.default_rng(seed)) for seed in (0, 1))
    assert one.shape == (120, 80, 3)
    assert not np.array_equal(one, other)


def test_an_empty_label_map_has_an_empty_box() -> None:
    assert box_of(np.zeros((20, 10), np.uint8)) == (0, 0, 0, 0)


def test_unknown_tones_and_streets_are_refused() -> None:
    with pytest.raises(ValueError, match="Monk tone 11"):
        monk_tone(len(MONK_TONES) + 1)
    with pytest.raises(ValueError, match="beach"):
        paint_street("beach", 10, 10, np.random.default_rng(0))


def test_the_booth_finds_most_of_them(eyes: Eyes) -> None:
    found = 0
    for seed in range(8):
        rng = np.random.default_rng([5, seed])
        shot = render(random_look(rng), rng)
        frame = Frame(eyes.image.upload(shot.photo), shot.photo.shape[1], shot.photo.shape[0], 0.0, 0)
        people = eyes.detector.detect(frame, Stopwatch())
        left, top, width, height = box_of(shot.labels)
        true = np.array([[left, top, left + width, top + height]], np.float32)
        found += bool(((iou(people.boxes, true)[:, 0] > 0.5) & (people.scores >= 0.45)).any())
    assert found >= 6
