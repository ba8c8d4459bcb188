"""The ground from two people of known height: found again under noise, refused where two spots do not tell it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.ground import MOST_DOUBT, SEEN_TO, Ground, Standing, ground_from
from appliance.tape import ground_by_tape

WIDE = 16 / 9
CAMERA = Ground(2.6, 12.0, 70.0, WIDE)
CAMERAS = st.builds(
    Ground, st.floats(1.8, 4.5), st.floats(0, 35), st.floats(50, 100), st.sampled_from([WIDE, 4 / 3, 9 / 16])
)
TALL = st.floats(1.5, 2.0)


def projected(camera: Ground, distance_m: float, up_m: float, aside_m: float, roll_deg: float = 0) -> float:
    """Row of a point by rotation matrices and a division: a camera that shares no formula with ours."""
    tilt, roll = math.radians(camera.tilt_deg), math.radians(roll_deg)
    x, y, z = aside_m, camera.camera_m - up_m, distance_m
    y, z = y * math.cos(tilt) - z * math.sin(tilt), y * math.sin(tilt) + z * math.cos(tilt)
    x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    return 0.5 + y / z * camera.aspect / 2 / math.tan(math.radians(camera.view_deg) / 2)


def standing(
    camera: Ground, distance_m: float, height_m: float = 1.8, aside_m: float = 0.0, roll_deg: float = 0
) -> Standing:
    foot, head = (projected(camera, distance_m, up_m, aside_m, roll_deg) for up_m in (0.0, height_m))
    return Standing(foot, head, height_m)


def anybody(camera: Ground, distance_m: float, height_m: float, aside_m: float = 0.0) -> Standing:
    """The same of made-up numbers: who is not wholly in view is passed over."""
    try:
        return standing(camera, distance_m, height_m, aside_m)
    except BoothError:
        assume(False)
        raise


@given(CAMERAS, st.floats(2.5, 6), st.floats(1.5, 4), TALL, TALL, st.floats(-1, 1))
def test_the_camera_is_found_again(
    camera: Ground, near_m: float, times: float, one_m: float, other_m: float, aside_m: float
) -> None:
    """Wherever the two stand, and whether it is the same person or not."""
    near = anybody(camera, near_m, one_m, aside_m)
    far = anybody(camera, times * near_m, other_m, -aside_m)
    try:
        found, doubt = ground_from(near, far, camera.aspect, camera.view_deg)
    except BoothError:
        assume(False)
    assert found.camera_m == pytest.approx(camera.camera_m, rel=1e-4)
    assert found.tilt_deg == pytest.approx(camera.tilt_deg, abs=1e-2)
    assert doubt <= MOST_DOUBT


@given(CAMERAS, st.floats(2, 30), TALL)
def test_distance_height_and_rows_belong_together(camera: Ground, distance_m: float, height_m: float) -> None:
    person = anybody(camera, distance_m, height_m)
    assert camera.foot_y(distance_m) == pytest.approx(person.foot_y)
    assert camera.distance_m(person.foot_y) == pytest.approx(distance_m)
    assert camera.head_y(person.foot_y, height_m) == pytest.approx(person.head_y)
    assert camera.height_m(person.foot_y, person.head_y) == pytest.approx(height_m)


def noisy(person: Standing, rng: np.random.Generator, spread: float) -> Standing:
    foot, head = rng.normal((person.foot_y, person.head_y), spread)
    return Standing(min(float(foot), 1.0), max(float(head), 0.0), person.height_m)


def errors(camera: Ground, near_m: float, far_m: float, spread: float, roll_deg: float = 0) -> list[float]:
    """Relative errors of the camera's height over many measurements."""
    rng = np.random.default_rng(0)
    near, far = (standing(camera, at_m, 1.8, 0.5, roll_deg) for at_m in (near_m, far_m))
    found = [
        ground_from(noisy(near, rng, spread), noisy(far, rng, spread), camera.aspect, camera.view_deg)[0]
        for _ in range(200)
    ]
    return [one.camera_m / camera.camera_m - 1 for one in found]


def test_rows_seen_to_half_a_hundredth_tell_the_height_as_well_as_it_says() -> None:
    near, far = standing(CAMERA, 4.5), standing(CAMERA, 12)
    _, doubt = ground_from(near, far, WIDE)
    spread = float(np.std(errors(CAMERA, 4.5, 12, SEEN_TO)))
    assert 0.7 * doubt < spread < 1.4 * doubt
    assert spread < 0.03


def test_a_roll_of_two_degrees_costs_less_than_a_tenth() -> None:
    assert abs(np.mean(errors(CAMERA, 4.5, 12, 0.0, roll_deg=2.0))) < 0.1


def test_a_wrong_lens_spoils_distances_and_no_height_and_a_tape_mends_it() -> None:
    camera = replace(CAMERA, view_deg=95.0)
    near, far, third = (standing(camera, at_m) for at_m in (4.0, 12.0, 6.5))
    guessed, _ = ground_from(near, far, WIDE, 70.0)
    assert guessed.height_m(third.foot_y, third.head_y) == pytest.approx(1.8, abs=0.02)
    assert guessed.distance_m(third.foot_y) == pytest.approx(10.5, abs=0.1)
    taped, _ = ground_by_tape(near, far, WIDE, 12.0)
    assert taped.view_deg == pytest.approx(95, abs=0.01)
    assert taped.distance_m(third.foot_y) == pytest.approx(6.5, abs=0.01)


def test_a_tape_that_fits_no_lens_is_told() -> None:
    with pytest.raises(BoothError, match=r"no lens .* at 500\.0 m; measure again"):
        ground_by_tape(standing(CAMERA, 4.5), standing(CAMERA, 12), WIDE, 500.0)


def test_a_third_spot_tells_what_the_measurement_is_worth() -> None:
    """Feet of the far one taken three hundredths too low: another spot shows the error, 3 cm there."""
    near, far, third = (standing(CAMERA, at_m) for at_m in (4.5, 12.0, 7.0))
    wrong, _ = ground_from(near, replace(far, foot_y=far.foot_y + 0.03), WIDE)
    assert abs((wrong.height_m(third.foot_y, third.head_y) or 0) - 1.8) > 0.03


@pytest.mark.parametrize(("near_m", "far_m"), [(5, 5), (5, 5.05), (20, 21)])
def test_two_spots_that_are_too_much_alike_are_refused_with_the_cure(near_m: float, far_m: float) -> None:
    with pytest.raises(BoothError, match=r"ground: .*once near"):
        ground_from(standing(CAMERA, near_m), standing(CAMERA, far_m), WIDE)


@given(st.tuples(*[st.floats(0, 1)] * 4), TALL, TALL)
def test_any_two_boxes_are_a_ground_or_words(rows: tuple[float, ...], one_m: float, other_m: float) -> None:
    try:
        first, second = Standing(rows[0], rows[1], one_m), Standing(rows[2], rows[3], other_m)
        ground, doubt = ground_from(first, second, WIDE)
    except BoothError as error:
        words = str(error)
        assert words.startswith("ground: ")
        return
    assert 0 <= doubt <= MOST_DOUBT
    for person in (first, second):
        assert ground.height_m(person.foot_y, person.head_y) == pytest.approx(person.height_m, rel=1e-3)


@pytest.mark.parametrize("change", [{"head_y": 0.9}, {"foot_y": 1.1}, {"height_m": 3.0}, {"height_m": 0.1}])
def test_nobody_stands_so(change: dict[str, float]) -> None:
    with pytest.raises(BoothError, match="no person stands so"):
        Standing(**{"foot_y": 0.8, "head_y": 0.2, "height_m": 1.8, **change})


def test_nobody_stands_on_the_horizon_or_above() -> None:
    for row in (CAMERA.horizon_y, CAMERA.horizon_y - 0.1):
        assert CAMERA.distance_m(row) is None
        assert CAMERA.head_y(row, 1.8) is None
        assert CAMERA.height_m(row, row - 0.05) is None


def test_the_farthest_place_is_where_people_are_just_large_enough() -> None:
    least = 60 / 720
    farthest_m = CAMERA.farthest_m(least)
    person = standing(CAMERA, farthest_m, 1.7)
    assert person.foot_y - person.head_y == pytest.approx(least, rel=1e-3)
    assert CAMERA.farthest_m(0.95) == 0.0
