"""Which views are worth a look: whole, large enough and uncovered ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Garment
from appliance.vision.views import covered_share, view_quality
from tests.streets import boxes, frame

WHOLE = (100.0, 100.0, 160.0, 300.0)
SETTINGS = Garment(min_height_px=60, min_width_px=20, max_overlap=0.15)


def quality(*rows: tuple[float, float, float, float]) -> list[float]:
    found: list[float] = view_quality(boxes(*rows), frame(), SETTINGS).tolist()
    return found


def test_a_whole_person_counts_by_height() -> None:
    assert quality(WHOLE) == [200]
    assert quality((10, 10, 40, 80), (300, 10, 380, 400)) == [70, 390]


@pytest.mark.parametrize(
    "cut_off",
    [(0, 100, 60, 300), (100, 0, 160, 200), (580, 100, 640, 300), (100, 280, 160, 480), (1.5, 100, 60, 300)],
)
def test_who_is_cut_off_at_an_edge_is_not_used(cut_off: tuple[float, float, float, float]) -> None:
    assert quality(cut_off) == [0]


@pytest.mark.parametrize("small", [(100, 100, 160, 159), (100, 100, 119, 300)])
def test_who_is_small_is_not_used(small: tuple[float, float, float, float]) -> None:
    assert quality(small) == [0]


def test_who_is_covered_is_not_used_and_who_is_brushed_counts_less() -> None:
    brushing, covering = (155.0, 100.0, 215.0, 300.0), (120.0, 100.0, 180.0, 300.0)
    assert quality(WHOLE, covering) == [0, 0]
    brushed = quality(WHOLE, brushing)
    assert brushed == pytest.approx([200 * (1 - 5 / 60)] * 2)


def test_a_small_neighbour_covers_little_of_a_large_person_who_covers_him_wholly() -> None:
    large, inside = (100.0, 100.0, 200.0, 400.0), (110.0, 200.0, 120.0, 250.0)
    np.testing.assert_allclose(covered_share(boxes(large, inside)), [500 / 30000, 1])


def test_nobody_has_no_view() -> None:
    assert quality() == []
    assert covered_share(boxes()).shape == (0,)


@given(st.lists(st.tuples(*[st.floats(0, 600, width=32)] * 4), max_size=8))
def test_shares_and_qualities_keep_their_bounds(rows: list[tuple[float, float, float, float]]) -> None:
    given_boxes = boxes(*rows)
    share = covered_share(given_boxes)
    assert share.shape == (len(rows),)
    assert ((share >= 0) & (share <= 1 + 1e-3) | ~np.isfinite(share)).all()
    found = view_quality(given_boxes, frame(), SETTINGS)
    assert (found >= 0).all()
    assert (found <= 480).all()
