"""The drawing of the empty street: the street is in it, and nobody who passed, stood or was overlooked is."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.edges import edges_of, widened
from appliance.vision.reference import LEAST_SAMPLES, MOST_SAMPLES, SAMPLE_EVERY_S, Reference, covered
from tests.vision.empty_street import (
    HEIGHT,
    STEP_S,
    WIDTH,
    Place,
    box_of,
    correlation,
    drawn,
    likeness,
    street,
)

NOBODY = box_of(None)
SPOT = (60, 40)
WALK: list[Place | None] = [(3 * tick, 45) for tick in range(58)]
"Somebody who crosses the picture in half a minute."
SECONDS_20 = 40
"Samples."


def test_an_empty_street_is_drawn_with_its_lines() -> None:
    lines, unseen = drawn([None] * 30)
    wanted = edges_of(street().astype(np.float32))
    assert not unseen.any()
    assert correlation(lines, wanted) > 0.8
    assert (widened(lines, 1) & wanted).sum() > 0.95 * wanted.sum()


def test_nothing_is_drawn_before_ten_seconds_and_twenty_samples() -> None:
    for samples in (0, 1, LEAST_SAMPLES):
        lines, unseen = drawn([None] * samples)
        assert unseen.all()
        assert not lines.any()
    assert not drawn([None] * (LEAST_SAMPLES + 1))[1].any()


def test_more_frames_are_no_more_samples() -> None:
    reference = Reference(WIDTH, HEIGHT)
    for number in range(200):
        reference.add(street(), NOBODY, number * 0.04)
    assert reference.draw()[1].all()


def test_nobody_who_passes_is_in_the_drawing() -> None:
    empty, _ = drawn([None] * len(WALK))
    lines, unseen = drawn(WALK)
    assert not unseen.any()
    assert (lines ^ empty).mean() < 0.005
    assert abs(likeness(lines, WALK)) < 0.02


def test_who_is_overlooked_in_every_third_picture_is_not_in_the_drawing() -> None:
    overlooked = [tick % 3 == 0 for tick in range(len(WALK))]
    empty, _ = drawn([None] * len(WALK))
    lines, _ = drawn(WALK, overlooked)
    assert abs(likeness(lines, WALK)) < 0.02
    assert (lines ^ empty).mean() < 0.01


@pytest.mark.parametrize("overlooked", [False, True])
def test_who_stands_for_eight_of_twenty_seconds_is_not_in_the_drawing(overlooked: bool) -> None:
    """Seen by the detector, or never."""
    places: list[Place | None] = [SPOT if 12 <= tick < 28 else None for tick in range(SECONDS_20)]
    empty, _ = drawn([None] * SECONDS_20)
    lines, unseen = drawn(places, [overlooked] * SECONDS_20)
    assert not unseen.any()
    assert abs(likeness(lines, places)) < 0.02
    # Where the light is not one light most of the time, no line is drawn: the street's own may be missing.
    assert not (lines & ~widened(empty, 1)).any()


def test_who_is_overlooked_for_a_little_more_than_half_of_the_time_is_not_in_the_drawing() -> None:
    places: list[Place | None] = [SPOT if tick < 22 else None for tick in range(SECONDS_20)]
    lines, _ = drawn(places, [True] * SECONDS_20)
    assert abs(likeness(lines, places)) < 0.02


def test_where_somebody_stands_all_the_time_nothing_is_known() -> None:
    places: list[Place | None] = [SPOT] * SECONDS_20
    lines, unseen = drawn(places)
    hidden = covered(box_of(SPOT), WIDTH, HEIGHT)
    np.testing.assert_array_equal(unseen, hidden)
    assert not (lines & hidden).any()
    assert abs(likeness(lines, places)) < 0.02


def test_who_stands_all_the_time_and_is_never_seen_is_what_is_left_to_risk() -> None:
    """Said in the docs: lines of him, 192 pixels wide, are drawn. A test that would notice if that became wrong."""
    places: list[Place | None] = [SPOT] * SECONDS_20
    lines, _ = drawn(places, [True] * SECONDS_20)
    assert likeness(lines, places) > 0.3


def test_what_hides_is_larger_than_the_box() -> None:
    mask = covered(np.array([[0.25, 0.25, 0.5, 0.75]], np.float32), 100, 100)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert (columns[0], columns[-1]) == (19, 56)
    assert (rows[0], rows[-1]) == (14, 86)
    assert not covered(np.zeros((0, 4), np.float32), 10, 10).any()
    assert covered(np.array([[-1, -1, 2, 2]], np.float32), 10, 10).all()


def test_the_light_of_long_ago_draws_no_lines() -> None:
    """A delivery van that stood for two minutes: two minutes later its lines are gone."""
    van = street()
    van[50:90, 120:180] = 10
    reference = Reference(WIDTH, HEIGHT)
    for number in range(2 * MOST_SAMPLES):
        reference.add(van if number < MOST_SAMPLES else street(), NOBODY, number * STEP_S)
    wanted = Reference(WIDTH, HEIGHT)
    for number in range(LEAST_SAMPLES + 1):
        wanted.add(street(), NOBODY, number * SAMPLE_EVERY_S)
    np.testing.assert_array_equal(reference.draw()[0], wanted.draw()[0])
