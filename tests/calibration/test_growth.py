"""Prototypes split where the street has two styles, merge where there is no room, and never stand for a few people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.artifacts import MIN_SUPPORTERS
from appliance.records import FloatArray
from calibration.growth import (
    FORGOTTEN,
    best_split,
    cheapest_merge,
    grow,
    join_forgotten,
    merge_rows,
    split_row,
    thin_out,
)
from calibration.prototypes import MAX_PROTOTYPES, PER_PROTOTYPE, Figures, Prototypes
from calibration.styles import (
    LARGEST_SHARE,
    REACH,
    Styles,
    distances_from,
    fold,
    joined,
    one_style,
    styles_of,
    take_rows,
)


def together(raw: FloatArray) -> Styles:
    """All passages (N, D) as one prototype."""
    whole = Prototypes(raw.mean(axis=0, keepdims=True), np.zeros(len(raw), np.int64), np.array([len(raw)]))
    return styles_of(raw, whole, np.ones(raw.shape[1]))


def street(seed: int, count: int, length: int = 5) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(count, length)).astype(np.float32)


def several(seed: int, counts: list[int], length: int = 5) -> Styles:
    styles = together(street(seed, counts[0], length))
    for number, count in enumerate(counts[1:], 1):
        styles = joined(styles, together(street(seed + number, count, length) + number))
    return styles


def centre(styles: Styles) -> Figures:
    """Mean of all passages."""
    whole: Figures = styles.weights @ styles.means / styles.weights.sum()
    return whole


def test_a_prototype_of_two_styles_falls_apart_into_them() -> None:
    shares = {0.5: 20, 0.25: 10}
    for share, count in shares.items():
        raw = street(1, 40)
        raw[:count, 0] += 12
        styles = together(raw)
        split = best_split(styles)
        assert split is not None
        sides = split_row(styles, split, np.ones(5))
        wanted = [raw[:count].mean(axis=0), raw[count:].mean(axis=0)]
        order = np.argsort(-sides.means[:, 0])
        np.testing.assert_allclose(sides.means[order], wanted, atol=1e-4)
        np.testing.assert_allclose(np.sort(sides.weights), np.sort([40 * share, 40 * (1 - share)]))


@given(st.integers(0, 10_000), st.integers(20, 80), st.integers(1, 8))
def test_a_split_keeps_the_mean_the_weight_and_ten_people_on_each_side(
    seed: int, count: int, length: int
) -> None:
    styles = together(street(seed, count, length))
    split = best_split(styles)
    assert split is not None
    sides = split_row(styles, split, np.ones(length))
    assert len(sides) == 2
    assert sides.supporters.min() >= MIN_SUPPORTERS
    assert sides.supporters.sum() <= count
    assert sides.weights.sum() == pytest.approx(count)
    np.testing.assert_allclose(centre(sides), styles.means[0], atol=1e-9)
    assert sides.scatter.max() <= styles.scatter[0]


@given(st.integers(0, 1000), st.lists(st.integers(10, 60), min_size=2, max_size=6))
def test_a_merge_keeps_the_mean_the_weight_and_all_people(seed: int, counts: list[int]) -> None:
    styles = several(seed, counts)
    first, second, cost = cheapest_merge(styles, np.ones(5))
    merged = merge_rows(styles, first, second, np.ones(5))
    assert first < second
    assert cost >= 0
    assert len(merged) == len(counts) - 1
    assert merged.supporters.sum() == sum(counts)
    np.testing.assert_allclose(centre(merged), centre(styles), atol=1e-9)


def test_nineteen_people_are_never_split() -> None:
    assert best_split(together(street(0, 19))) is None
    assert best_split(take_rows(together(street(0, 30)), np.zeros(0, np.int64))) is None


def test_a_prototype_whose_directions_nobody_has_turned_yet_is_not_split() -> None:
    assert best_split(one_style(np.zeros(4), 100, 1.0)) is None


def test_people_all_dressed_alike_are_never_split() -> None:
    assert best_split(together(np.ones((60, 3), np.float32))) is None


def test_a_single_far_outfit_gets_no_prototype() -> None:
    raw = street(2, 40)
    raw[0] += 1000
    styles = together(raw)
    split = best_split(styles)
    assert split is not None
    sides = split_row(styles, split, np.ones(5))
    assert np.linalg.norm(sides.means - raw[0], axis=1).min() > 1000


def test_there_are_as_many_prototypes_as_the_passages_bear() -> None:
    for count in (35, 110, 139):
        assert len(grow(together(street(3, count)), np.ones(5))) == count // PER_PROTOTYPE


def test_a_full_bank_makes_room_for_a_style_that_is_worn() -> None:
    close = several(4, [40] * MAX_PROTOTYPES)
    wide = street(5, 200)
    wide[:100] += 500
    full = joined(take_rows(close, np.arange(MAX_PROTOTYPES - 1)), together(wide))
    grown = grow(full, np.ones(5))
    assert len(grown) == MAX_PROTOTYPES
    for style in (wide[:100].mean(axis=0), wide[100:].mean(axis=0)):
        assert np.linalg.norm(grown.means - style, axis=1).min() < 2


def test_a_rare_style_is_kept_though_close_popular_ones_are_merged() -> None:
    popular = [together(street(seed, 400) * 0.1) for seed in range(MAX_PROTOTYPES)]
    rare = together(street(99, 12) + 50)
    styles = rare
    for one in popular:
        styles = joined(styles, one)
    thin = thin_out(styles, np.ones(5))
    assert len(thin) == MAX_PROTOTYPES
    assert np.linalg.norm(thin.means - rare.means[0], axis=1).min() < 1e-6


def test_what_nobody_wears_any_more_joins_its_neighbour() -> None:
    styles = several(6, [30, 30, 30])
    styles.weights[1] = FORGOTTEN / 2
    joint = join_forgotten(styles, np.ones(5))
    assert len(joint) == 2
    assert joint.supporters.sum() == 90
    styles.weights[:] = 0
    assert len(join_forgotten(styles, np.ones(5))) == 1


@given(st.integers(0, 1000), st.integers(10, 40), st.floats(0, 1e6))
def test_nobody_moves_a_prototype_by_more_than_a_tenth_of_his_reach(
    seed: int, count: int, far: float
) -> None:
    styles = together(street(seed, count))
    before, typical = styles.means.copy(), float(np.sqrt(styles.scatter[0]))
    styles.weights *= 0.001  # faded: the newcomer would weigh more than all before
    fold(styles, 0, np.full(5, far, np.float32), np.ones(5))
    assert np.linalg.norm(styles.means - before) <= LARGEST_SHARE * REACH * typical + 1e-9
    assert styles.supporters.tolist() == [count + 1]


def test_directions_turn_to_where_passages_vary() -> None:
    rng = np.random.default_rng(0)
    styles = one_style(np.zeros(30), 10, 30.0)
    for _ in range(400):
        vector = rng.normal(size=30)
        vector[3] += 6 * rng.choice([-1, 1])
        fold(styles, 0, vector.astype(np.float32), np.ones(30))
    axis = styles.directions[0, 0] / np.linalg.norm(styles.directions[0, 0])
    assert abs(axis[3]) > 0.9


def test_distances_are_in_standardised_units() -> None:
    styles = joined(together(np.zeros((10, 2), np.float32)), together(np.full((10, 2), 4, np.float32)))
    found = distances_from(styles, np.zeros(2, np.float32), np.array([1.0, 2.0]))
    np.testing.assert_allclose(found, [0, np.sqrt(16 + 4)])
