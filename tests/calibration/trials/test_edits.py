"""Edits of photos: each one changes what it names and leaves the rest to the bit."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.records import MaskArray
from calibration.trials import catalogue, fairness, outfits, views
from calibration.trials.brush import REACH_PX, Edit, head_zone
from calibration.trials.catalogue import FAIR, QUIET, exceptions_with, fair_with, pairs_of, rng_of
from calibration.trials.estimate import estimate_labels
from calibration.trials.fabric import Cloth
from calibration.trials.heads import Head
from calibration.trials.labels import CLOTHING, GARMENTS, PERSON, Label, Shot, box_of, where
from calibration.trials.looks import Look, Outfit
from calibration.trials.palette import from_lab, monk_tone, to_lab
from calibration.trials.people import render

LOOK = Look(
    Head(4, "long"), Outfit("t-shirt", Cloth((120, 60, 60)), "straight", Cloth((60, 70, 110))), height_px=170
)
SHOT = render(LOOK, np.random.default_rng(0))
DONOR = render(
    Look(Head(7), Outfit("jumper", Cloth((220, 160, 20))), height_px=150), np.random.default_rng(1)
)
EVERYTHING = {**exceptions_with(DONOR), **fair_with(DONOR)}
SAME_PLACE = {
    kind: edit for kind, edit in EVERYTHING.items() if kind not in ("wide", "narrow", "half", "flip", "crop")
}


def apply(edit: Edit, seed: int = 0, shot: Shot = SHOT) -> Shot:
    return edit(shot, np.random.default_rng(seed))


def touched(edit: Edit, seed: int = 0) -> MaskArray:
    changed: MaskArray = (apply(edit, seed).photo != SHOT.photo).any(axis=2)
    return changed


def near(labels: Iterable[Label]) -> MaskArray:
    reach = np.ones((2 * REACH_PX + 1,) * 2, np.uint8)
    grown: MaskArray = cv2.dilate(where(SHOT.labels, labels).astype(np.uint8), reach) > 0
    return grown


ONLY = {
    "monk2": [Label.SKIN], "monk9": [Label.SKIN], "skinred": [Label.SKIN], "skinyellow": [Label.SKIN],
    "hair": [Label.HAIR], "vivid": GARMENTS, "hue90": CLOTHING, "stripes": GARMENTS, "prints": GARMENTS,
    "clash": GARMENTS, "mono": CLOTHING, "glitter": GARMENTS, "twotone": GARMENTS, "swap": GARMENTS,
    "hivis": [Label.UPPER], "sash": GARMENTS, "background": [Label.BACKGROUND],
}  # fmt: skip


@pytest.mark.parametrize("kind", ONLY)
def test_an_edit_touches_only_what_it_names(kind: str) -> None:
    changed = touched(EVERYTHING[kind])
    assert changed.sum() > 50
    assert not (changed & ~near(ONLY[kind])).any()


@pytest.mark.parametrize("kind", EVERYTHING)
def test_every_edit_depends_on_its_seed_alone_and_leaves_the_photo_it_was_given(kind: str) -> None:
    photo, labels = SHOT.photo.copy(), SHOT.labels.copy()
    one, same = apply(EVERYTHING[kind], 5), apply(EVERYTHING[kind], 5)
    assert np.array_equal(one.photo, same.photo)
    assert one.photo.dtype == np.uint8
    assert one.labels.dtype == np.uint8
    assert np.array_equal(photo, SHOT.photo)
    assert np.array_equal(labels, SHOT.labels)
    assert one.photo.shape != SHOT.photo.shape or (one.photo != SHOT.photo).any()


@pytest.mark.parametrize("kind", EVERYTHING)
def test_every_edit_meets_a_photo_without_anybody(kind: str) -> None:
    empty = Shot(SHOT.photo, np.zeros_like(SHOT.labels))
    assert not EVERYTHING[kind](empty, np.random.default_rng(0)).labels.any()


@pytest.mark.parametrize("kind", QUIET)
def test_costumes_change_the_shape_below_the_head(kind: str) -> None:
    shot = apply(QUIET[kind])
    head = head_zone(SHOT.labels, 0.12)
    assert np.array_equal(shot.photo[head], SHOT.photo[head])
    assert (where(shot.labels, GARMENTS) != where(SHOT.labels, GARMENTS)).mean() > 0.01


@pytest.mark.parametrize("kind", QUIET)
@pytest.mark.parametrize("seed", range(4))
def test_costumes_are_of_quiet_colours(kind: str, seed: int) -> None:
    shot = apply(QUIET[kind], seed)
    new = (shot.photo != SHOT.photo).any(axis=2) & where(shot.labels, GARMENTS)
    saturation = cv2.cvtColor(shot.photo, cv2.COLOR_RGB2HSV)[..., 1][new]
    assert np.median(saturation) < 90


@pytest.mark.parametrize("kind", catalogue.AIDS)
def test_aids_are_labelled_and_cover_but_a_part(kind: str) -> None:
    shot = apply(FAIR[kind])
    added = shot.labels == Label.AID
    assert added.sum() > 20
    assert (shot.photo != SHOT.photo).any(axis=2)[~added].mean() < 0.05
    assert (added & where(SHOT.labels, PERSON)).sum() < 0.6 * where(SHOT.labels, PERSON).sum()


@given(st.integers(1, 10))
@settings(max_examples=10)
def test_skin_becomes_as_light_as_the_tone_asked_for(tone: int) -> None:
    shot = apply(fairness.skin_tone(tone))
    skin = cv2.erode((SHOT.labels == Label.SKIN).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    light = to_lab(shot.photo)[..., 0][skin].mean()
    assert abs(light - fairness.LIT * to_lab(np.array([[monk_tone(tone)]], np.uint8))[0, 0, 0]) < 22


def test_flipping_twice_gives_the_photo_back() -> None:
    assert np.array_equal(apply(views.flip, shot=apply(views.flip)).photo, SHOT.photo)


def test_half_scale_halves_the_person() -> None:
    assert box_of(apply(views.half_scale).labels)[3] == pytest.approx(box_of(SHOT.labels)[3] / 2, abs=2)


@given(st.integers(0, 1000))
@settings(max_examples=20)
def test_a_second_crop_keeps_the_whole_person(seed: int) -> None:
    shot = apply(views.second_crop, seed)
    assert box_of(shot.labels)[2:] == box_of(SHOT.labels)[2:]


@pytest.mark.parametrize("share", [0.88, 1.12])
def test_bodies_change_their_width_and_not_their_height(share: float) -> None:
    _, _, width, height = box_of(apply(fairness.body_width(share)).labels)
    assert width == pytest.approx(share * box_of(SHOT.labels)[2], abs=3)
    assert height == box_of(SHOT.labels)[3]


@pytest.mark.parametrize("edit", [fairness.headscarf, fairness.turban])
def test_head_coverings_leave_the_clothes_below_the_chest(edit: Edit) -> None:
    shot = apply(edit)
    assert (shot.labels == Label.HEADWEAR).sum() > 50
    _, top, _, height = box_of(SHOT.labels)
    below = slice(int(top + 0.32 * height), None)
    assert np.array_equal(shot.photo[below], SHOT.photo[below])


def test_the_scenery_shows_nobody() -> None:
    red = Outfit("jumper", Cloth((255, 0, 0)), "straight", Cloth((255, 0, 0)))
    shot = render(Look(Head(5), red, height_px=170, street="wall"), np.random.default_rng(2))
    pixels = fairness.scenery_of(shot).astype(int)
    assert (pixels[..., 0] - pixels[..., 1] > 120).mean() < 0.002


def test_half_of_somebody_in_shade_is_darker() -> None:
    change = SHOT.photo.astype(float).mean(axis=2) - apply(views.cast_shadow).photo.mean(axis=2)
    person = where(SHOT.labels, PERSON)
    assert 0.25 < (change[person] > 10).mean() < 0.75


def test_donors_are_worth_borrowing_from_only_when_they_strike() -> None:
    dull = render(
        Look(Head(5), Outfit("jumper", Cloth((30, 30, 30))), height_px=150), np.random.default_rng(3)
    )
    assert outfits.is_striking(DONOR)
    assert not outfits.is_striking(dull)


def test_kinds_do_not_share_their_chance() -> None:
    assert rng_of(1, 2, "cape").random() != rng_of(1, 2, "robe").random()
    assert rng_of(1, 2, "cape").random() == rng_of(1, 2, "cape").random()


def test_pairs_name_what_is_there_only() -> None:
    assert not list(pairs_of({}))
    assert [pair.name for pair in pairs_of({"dark": views.blurred, "bright": views.blurred})] == [
        "dark", "bright", "brightness -20/+20",
    ]  # fmt: skip


@given(st.integers(0, 2**31))
@settings(max_examples=20)
def test_lab_and_back_keeps_colours(seed: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 256, (4, 5, 3)).astype(np.uint8)
    assert np.abs(from_lab(to_lab(rgb)).astype(int) - rgb).mean() < 3


def test_estimated_labels_know_head_from_clothes() -> None:
    labels = estimate_labels(SHOT.photo, where(SHOT.labels, PERSON))
    upper, lower = labels == Label.UPPER, labels == Label.LOWER
    assert (SHOT.labels == Label.UPPER)[upper].mean() > 0.75
    assert (SHOT.labels == Label.LOWER)[lower].mean() > 0.75
    assert (SHOT.labels == Label.SKIN)[labels == Label.SKIN].mean() > 0.8
    assert (
        not (where(labels, GARMENTS) & (SHOT.labels == Label.SKIN)).sum()
        > 0.05 * where(labels, GARMENTS).sum()
    )


def test_an_empty_outline_is_all_background() -> None:
    assert not estimate_labels(SHOT.photo, np.zeros(SHOT.labels.shape, np.bool_)).any()
