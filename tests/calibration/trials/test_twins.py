"""Twins wear the same cloth and differ in what their name says."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.trials.labels import Label, Shot, box_of, where
from calibration.trials.twins import TWINS, paint_twins

PAIRS = list(paint_twins(3, 4, 120))
CLOTHES = (Label.UPPER, Label.FULL)


def colour_of_clothes(shot: Shot) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(np.median(shot.photo[where(shot.labels, CLOTHES)], axis=0))


@pytest.mark.parametrize("name", TWINS)
def test_twins_wear_the_same_cloth_and_are_other_pictures(name: str) -> None:
    for shot, twins in PAIRS:
        assert np.abs(colour_of_clothes(shot) - colour_of_clothes(twins[name])).max() < 40
        assert (shot.photo != twins[name].photo).any() or name.startswith("tone")


def test_another_tone_leaves_every_place_where_it_was() -> None:
    for shot, twins in PAIRS:
        for tone in (2, 9):
            twin = twins[f"tone {tone}"]
            assert np.array_equal(twin.labels, shot.labels)
        light, dark = (twins[f"tone {tone}"].photo[shot.labels == Label.SKIN].mean() for tone in (2, 9))
        assert light - dark > 60


def test_sitting_down_makes_smaller_and_brings_a_chair() -> None:
    for shot, twins in PAIRS:
        assert box_of(twins["seated"].labels)[3] < box_of(shot.labels)[3]
        assert (twins["seated"].labels == Label.AID).any()


def test_the_same_seed_paints_the_same_twins() -> None:
    again = next(paint_twins(1, 4, 120))
    assert np.array_equal(again[0].photo, PAIRS[0][0].photo)
    assert all(np.array_equal(twin.photo, PAIRS[0][1][name].photo) for name, twin in again[1].items())


def test_nobody_has_no_twins() -> None:
    assert list(paint_twins(0, 1)) == []
