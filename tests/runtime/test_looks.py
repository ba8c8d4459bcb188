"""What both wings agree on: boxes grow to whole pixels, a letterbox holds the whole frame."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.records import Frame
from appliance.runtime.looks import fit, quarter, quarter_edges, whole_edges
from tests.streets import boxes

SIDES = st.integers(1, 4000)
PLACES = st.tuples(*[st.floats(-500, 500, width=32)] * 2, *[st.floats(0, 300, width=32)] * 2)


def sized(width: int, height: int) -> Frame:
    return Frame(None, width, height, 0.0, 0)


@given(SIDES, SIDES, st.integers(8, 960), st.integers(8, 960))
def test_a_frame_fills_its_letterbox_in_one_direction_and_fits_in_the_other(
    frame_width: int, frame_height: int, width: int, height: int
) -> None:
    _, columns, rows = fit(sized(frame_width, frame_height), width, height)
    assert columns == width or rows == height
    assert 1 <= columns <= width
    assert 1 <= rows <= height


@given(st.lists(PLACES, max_size=5))
def test_whole_edges_hold_the_box_and_a_pixel_at_least(places: list[tuple[float, ...]]) -> None:
    people = boxes(*[(left, top, left + wide, top + high) for left, top, wide, high in places])
    edges = whole_edges(people)
    assert edges.shape == people.shape
    assert (edges[:, :2] <= people[:, :2]).all()
    assert (edges[:, 2:] >= people[:, 2:]).all()
    assert (edges[:, 2:] > edges[:, :2]).all()
    assert (np.abs(edges - people) <= 1).all()


def test_edges_of_a_quarter_round_outwards_and_start_in_the_picture() -> None:
    seen = sized(1280, 720)
    assert quarter(seen) == (320, 180)
    assert quarter(sized(1, 3)) == (1, 1)
    edges = quarter_edges(seen, boxes((41, 43, 121, 163), (-9, -9, 4, 4)))
    assert edges.tolist() == [[10, 10, 31, 41], [0, 0, 1, 1]]
    assert quarter_edges(seen, boxes()).shape == (0, 4)
