"""Zones that a finger drew: whatever cannot be a zone is refused in words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Zone
from appliance.display.field.drawn import crosses_itself, site_with_zones
from appliance.display.field.request import Refused
from appliance.site import MOST_ZONES, Site
from appliance.vision.zones import contains

SQUARE = [[0.2, 0.5], [0.8, 0.5], [0.8, 0.9], [0.2, 0.9]]


def mat(**changes: object) -> dict[str, object]:
    return {"name": "mat", "kind": "scored", "polygon": SQUARE, **changes}


@given(st.lists(st.floats(0.05, 0.45), min_size=3, max_size=32), st.floats(0, 6.28))
def test_a_star_shaped_polygon_never_crosses_itself(reaches: list[float], turn: float) -> None:
    angles = [turn + 2 * math.pi * at / len(reaches) for at in range(len(reaches))]
    polygon = [(0.5 + r * math.cos(a), 0.5 + r * math.sin(a)) for r, a in zip(reaches, angles, strict=True)]
    assert not crosses_itself(polygon)


@pytest.mark.parametrize(
    "polygon",
    [
        [(0, 0), (1, 1), (1, 0), (0, 1)],
        [(0, 0), (1, 0), (1, 1), (0.5, 0.0), (0, 1)],
        [(0, 0), (0.5, 0), (0.2, 0), (0.2, 0.5), (0, 0.5)],
    ],
)
def test_edges_that_meet_are_found(polygon: list[tuple[float, float]]) -> None:
    assert crosses_itself(polygon)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=4, max_size=8, unique=True))
def test_a_polygon_that_passes_has_an_inside(corners: list[tuple[int, int]]) -> None:
    polygon = tuple((x / 8, y / 8) for x, y in corners)
    if crosses_itself(polygon):
        return
    grid = np.stack(np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60)), -1).reshape(-1, 2)
    inside = contains(Zone(name="z", polygon=polygon), grid.astype(np.float32))
    shoelace = sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True)
    )
    assert inside.mean() == pytest.approx(abs(shoelace) / 2, abs=0.08)


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        ("mat", "a list"),
        ([mat()] * (MOST_ZONES + 1), "at most"),
        ([mat(), mat()], "two zones are called mat"),
        ([mat(name="Mat")], "name"),
        ([mat(name="")], "name"),
        ([mat(polygon=SQUARE[:2])], "polygon"),
        ([mat(polygon=[[0.2, 0.5], [1.8, 0.5], [0.8, 0.9]])], "polygon"),
        ([mat(polygon=[[0.5, 0.5], [0.51, 0.5], [0.51, 0.51]])], "too small"),
        ([mat(polygon=[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]])], "crosses itself"),
        ([mat(kind="everybody")], "kind"),
        ([mat(colour="red")], "colour"),
        ([None], "zone"),
    ],
)
def test_what_is_no_zone_is_refused_in_words(zones: object, words: str) -> None:
    with pytest.raises(Refused, match=words):
        site_with_zones(Site(), zones)
