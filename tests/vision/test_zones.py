"""Whom the booth may look at: opt-out wins, opt-in needs a zone, the feet decide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Capture, Zone
from appliance.vision.zones import NOWHERE, OPTED_OUT, STREET, at_door, contains, zones_of
from tests.streets import boxes

LEFT = Zone(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
TOP_LEFT_OUT = Zone(name="bench", kind="opt-out", polygon=((0, 0), (0.25, 0), (0.25, 1), (0, 1)))
SHARES = st.floats(0, 1)


def standing(x: float, y: float) -> tuple[float, float, float, float]:
    """A person whose feet are at shares x, y of a picture of 1000x500."""
    return (x * 1000 - 20, y * 500 - 120, x * 1000 + 20, y * 500)


def zone_at(x: float, y: float, capture: Capture) -> str:
    return zones_of(boxes(standing(x, y)), 1000, 500, capture)[0]


def test_without_zones_everywhere_is_the_street() -> None:
    assert zones_of(boxes(standing(0.1, 0.5), standing(0.9, 1)), 1000, 500, Capture()) == [STREET, STREET]


def test_a_zone_gives_its_name() -> None:
    capture = Capture(zones=(LEFT,))
    assert zone_at(0.3, 0.5, capture) == "left"
    assert zone_at(0.7, 0.5, capture) == STREET


@given(SHARES, SHARES, st.permutations([LEFT, TOP_LEFT_OUT]))
def test_opt_out_wins_in_any_order(x: float, y: float, zones: list[Zone]) -> None:
    for mode in ("open-street", "opt-in-zone"):
        capture = Capture(mode=mode, zones=tuple(zones))
        if x < 0.2499:
            assert zone_at(x, y, capture) == OPTED_OUT


@given(SHARES, SHARES)
def test_opt_in_looks_only_inside_a_zone(x: float, y: float) -> None:
    found = zone_at(x, y, Capture(mode="opt-in-zone", zones=(LEFT,)))
    assert found in ("left", NOWHERE)
    if abs(x - 0.5) > 0.001:
        assert (found == "left") == (x < 0.5)


def test_the_feet_decide_not_the_head() -> None:
    far = Zone(name="far", kind="opt-out", polygon=((0, 0), (1, 0), (1, 0.5), (0, 0.5)))
    head_in_zone = (100.0, 10.0, 200.0, 400.0)
    assert zones_of(boxes(head_in_zone), 1000, 500, Capture(zones=(far,))) == [STREET]


@pytest.mark.parametrize(
    "feet", [(500, 500), (500, 700), (1000, 500), (1000, 0), (0, 0), (-20, 300), (1500, 900)]
)
def test_feet_on_the_edge_or_beyond_cannot_escape_an_opt_out_of_all(feet: tuple[float, float]) -> None:
    whole = Zone(name="whole", kind="opt-out", polygon=((0, 0), (1, 0), (1, 1), (0, 1)))
    x, y = feet
    assert zones_of(boxes((x - 20, y - 99, x + 20, y)), 1000, 500, Capture(zones=(whole,))) == [OPTED_OUT]


def test_nobody_is_in_no_zone() -> None:
    assert zones_of(boxes(), 1000, 500, Capture(zones=(LEFT, TOP_LEFT_OUT))) == []
    assert contains(LEFT, np.zeros((0, 2), np.float32)).shape == (0,)


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=8), st.floats(0.05, 0.45))
def test_a_convex_zone_holds_what_its_sides_hold(points: list[tuple[float, float]], reach: float) -> None:
    diamond = Zone(
        name="d", polygon=((0.5, 0.5 - reach), (0.5 + reach, 0.5), (0.5, 0.5 + reach), (0.5 - reach, 0.5))
    )
    given_points = np.array(points, np.float32)
    away = np.abs(given_points - 0.5).sum(axis=1)
    clear = np.abs(away - reach) > 1e-5
    np.testing.assert_array_equal(contains(diamond, given_points)[clear], (away < reach)[clear])


def test_a_hollow_of_a_zone_is_outside() -> None:
    horseshoe = Zone(
        name="u", polygon=((0, 0), (1, 0), (1, 1), (0.7, 1), (0.7, 0.3), (0.3, 0.3), (0.3, 1), (0, 1))
    )
    inside = contains(horseshoe, np.array([[0.5, 0.8], [0.1, 0.8], [0.5, 0.1], [0.9, 0.9]], np.float32))
    assert inside.tolist() == [False, True, True, True]


def test_who_is_merely_outside_has_not_opted_out() -> None:
    capture = Capture(mode="opt-in-zone", zones=(LEFT, TOP_LEFT_OUT))
    assert [zone_at(x, 0.5, capture) for x in (0.1, 0.4, 0.9)] == [OPTED_OUT, "left", NOWHERE]


def test_a_door_is_no_place_to_be_looked_at_or_left_alone_but_one_to_come_out_of() -> None:
    door = Zone(name="shop", kind="door", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
    capture = Capture(zones=(door, TOP_LEFT_OUT))
    people = boxes(standing(0.7, 0.5), standing(0.3, 0.5), standing(0.1, 0.5))
    assert zones_of(people, 1000, 500, capture) == [STREET, STREET, OPTED_OUT]
    assert at_door(people, 1000, 500, capture).tolist() == [True, False, False]
    assert at_door(people, 1000, 500, Capture()).tolist() == [False] * 3
    assert at_door(boxes(), 1000, 500, capture).shape == (0,)


def test_no_zone_can_be_called_like_a_mark() -> None:
    for mark in (NOWHERE, OPTED_OUT):
        with pytest.raises(ValueError, match="name"):
            Zone(name=mark, polygon=((0, 0), (1, 0), (1, 1)))
