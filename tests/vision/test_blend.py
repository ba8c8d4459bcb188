"""Several views as one: weighted, and deaf to one bad crop among three."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.records import FloatArray
from appliance.vision.blend import blended

FIGURES = st.floats(-100, 100, width=32)
VIEWS = st.lists(st.tuples(FIGURES, st.floats(0.1, 1)), min_size=1, max_size=6)


def view(*figures: float) -> dict[str, FloatArray]:
    return {"m": np.array(figures, np.float32)}


def test_one_view_is_itself() -> None:
    assert blended([view(1, 2)], [0.3])["m"].tolist() == [1, 2]


def test_two_views_are_their_weighted_mean() -> None:
    np.testing.assert_allclose(blended([view(0), view(4)], [0.25, 0.75])["m"], [3])


def test_a_bad_crop_among_three_is_left_out_wherever_it_comes() -> None:
    good, bad = [view(1, 1), view(1.2, 1)], view(-40, 9)
    for place in range(3):
        views = [*good[:place], bad, *good[place:]]
        np.testing.assert_allclose(blended(views, [1, 1, 1])["m"], [1.1, 1], rtol=1e-6)


def test_three_views_that_differ_alike_all_count() -> None:
    np.testing.assert_allclose(blended([view(0, 0), view(1, 0), view(0.5, 1)], [1, 1, 1])["m"], [0.5, 1 / 3])


def test_a_view_may_be_odd_in_one_measure_and_good_in_another() -> None:
    rows = [
        {"a": np.array([a], np.float32), "b": np.array([b], np.float32)} for a, b in ((1, 9), (1, 1), (9, 1))
    ]
    found = blended(rows, [1, 1, 1])
    assert (found["a"].tolist(), found["b"].tolist()) == ([1], [1])


def test_a_view_without_weight_is_no_witness() -> None:
    np.testing.assert_allclose(blended([view(0), view(4), view(400)], [1, 1, 0])["m"], [2])


@given(VIEWS)
def test_the_blend_lies_among_the_views(views: list[tuple[float, float]]) -> None:
    found = blended([view(figure) for figure, _ in views], [weight for _, weight in views])["m"]
    assert found.dtype == np.float32
    figures = [figure for figure, _ in views]
    assert min(figures) - 1e-3 <= found[0] <= max(figures) + 1e-3


@given(VIEWS)
def test_the_order_of_views_does_not_matter_where_one_is_clearly_odd(
    views: list[tuple[float, float]],
) -> None:
    both = [(view(figure), weight) for figure, weight in views] + [(view(5000), 0.5)] * (len(views) > 1)
    forth = blended([one for one, _ in both], [weight for _, weight in both])["m"]
    back = blended([one for one, _ in both[::-1]], [weight for _, weight in both[::-1]])["m"]
    np.testing.assert_allclose(forth, back, rtol=1e-3, atol=1e-3)
