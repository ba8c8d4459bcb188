"""What polygons cover together, exactly: against a fine grid, and where a grid would be blind."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config import Zone
from appliance.geometry import inside
from appliance.polygons import Point, covered, crosses_itself, edges_of
from appliance.vision.zones import contains

COARSE = st.integers(0, 16).map(lambda step: step / 16)
SHARES = st.floats(0, 1)
CORNERS = st.lists(st.tuples(COARSE, COARSE), min_size=3, max_size=8) | st.lists(
    st.tuples(SHARES, SHARES), min_size=3, max_size=8
)
CELLS = 400


def by_grid(polygons: list[list[Point]]) -> float:
    middles = (np.arange(CELLS) + 0.5) / CELLS
    points = np.stack(np.meshgrid(middles, middles), -1).reshape(-1, 2)
    taken = np.zeros(len(points), np.bool_)
    for polygon in polygons:
        taken |= inside(np.array(polygon), points)
    return float(taken.mean())


def edge_length(polygons: list[list[Point]]) -> float:
    return sum(math.dist(*edge) for polygon in polygons for edge in edges_of(polygon))


def rectangle(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def shoelace(polygon: list[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in edges_of(polygon))) / 2


def comb(teeth: int, left: float = 0.2, right: float = 0.8, wide: float = 0.0) -> list[Point]:
    """A back of 1 % with teeth of 0.6 in length; `wide`: of a tooth, as a share of the picture."""
    pitch = (right - left) / teeth
    corners: list[Point] = [(left, 0.2), (right, 0.2), (right, 0.21)]
    for tooth in reversed(range(teeth)):
        end = left + tooth * pitch + wide
        corners += [(end, 0.21), (end, 0.8), (end - wide, 0.8), (end - wide, 0.21)]
    return corners


@settings(max_examples=150, deadline=None)
@given(st.lists(CORNERS, min_size=1, max_size=4))
def test_what_is_covered_is_what_a_fine_grid_sees(polygons: list[list[Point]]) -> None:
    # A cell is seen wrongly only where an edge runs through it.
    allowed = (2 * edge_length(polygons) + 8 * len(polygons)) / CELLS
    assert covered(polygons) == pytest.approx(by_grid(polygons), abs=min(allowed, 0.05))


@given(CORNERS)
def test_one_polygon_that_does_not_cross_itself_has_the_area_of_its_shoelace(polygon: list[Point]) -> None:
    if not crosses_itself(polygon):
        assert covered([polygon]) == pytest.approx(shoelace(polygon), abs=1e-9)


@given(st.lists(CORNERS, max_size=4), CORNERS)
def test_more_polygons_never_cover_less_and_one_twice_no_more(
    polygons: list[list[Point]], other: list[Point]
) -> None:
    before, after = covered(polygons), covered([*polygons, other])
    assert before - 1e-9 <= after <= min(1.0, before + covered([other])) + 1e-9
    assert covered([*polygons, other, other]) == pytest.approx(after, abs=1e-9)


@given(CORNERS, st.integers(0, 7))
def test_it_does_not_matter_which_corner_comes_first_nor_which_way_round(
    polygon: list[Point], turn: int
) -> None:
    turned = polygon[turn % len(polygon) :] + polygon[: turn % len(polygon)]
    for same in (turned, polygon[::-1], [*polygon, polygon[0]], [polygon[0], *polygon]):
        assert covered([same]) == pytest.approx(covered([polygon]), abs=1e-9)
        assert crosses_itself(same) == crosses_itself(polygon)


def test_rectangles_on_a_lattice_are_counted_once() -> None:
    assert covered([]) == 0
    assert covered([rectangle(0, 0, 1, 1)]) == 1
    assert covered([rectangle(0.25, 0.25, 0.75, 0.75)]) == 0.25
    assert covered([rectangle(0, 0, 0.5, 0.5), rectangle(0.25, 0.25, 0.75, 0.75)]) == 0.4375
    assert covered([rectangle(0, 0, 0.5, 1), rectangle(0.5, 0, 1, 1)]) == 1


@pytest.mark.parametrize("teeth", [1, 3, 7, 60])
def test_the_teeth_of_a_comb_count_however_thin_they_are(teeth: int) -> None:
    pitch = 0.6 / teeth
    assert covered([comb(teeth, wide=0.6 * pitch)]) == pytest.approx(0.006 + 0.6 * 0.6 * 0.59, abs=1e-9)


def test_teeth_between_the_points_of_a_grid_of_200_count_in_full() -> None:
    tooth = 0.9 / 200
    teeth = [
        rectangle(0.2 + at / 200 - tooth / 2, 0.2, 0.2 + at / 200 + tooth / 2, 0.8) for at in range(1, 120)
    ]
    assert covered(teeth) == pytest.approx(119 * tooth * 0.6, abs=1e-9)


def test_a_mesh_that_is_drawn_to_take_long_is_measured_in_bounded_time_and_memory() -> None:
    combs = [[(x, y) for y, x in comb(7, wide=0.05)] if at % 2 else comb(7, wide=0.05) for at in range(16)]
    assert covered(combs) == pytest.approx(by_grid(combs), abs=0.02)


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
