"""What may be told of prototypes: rows wait for ten more people, through splits and merges, and nothing is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.artifacts import MIN_SUPPORTERS
from calibration.growth import Split, merge_rows, split_row
from calibration.prototypes import MAX_PROTOTYPES
from calibration.styles import Styles, fold, fresh_styles
from calibration.told import Told, kinship, tell, tell_all

UNIT = np.ones(4)


def street(count: int, seed: int = 0) -> Styles:
    rng = np.random.default_rng(seed)
    people = np.full(count, 40)
    return fresh_styles(10 * rng.normal(size=(count, 4)), people.astype(np.float64), people, np.ones(count))


def passes(styles: Styles, told: Told, row: int, people: int, seed: int = 1) -> None:
    """So many people are folded into a row."""
    rng = np.random.default_rng(seed)
    for _ in range(people):
        fold(styles, row, (styles.means[row] + rng.normal(size=4)).astype(np.float32), UNIT)
        told.count(styles.origins[row])


def test_the_first_time_every_row_is_told_as_it_is() -> None:
    styles = street(3)
    told = tell_all(styles, np.zeros(4))
    np.testing.assert_array_equal(told.styles.means, styles.means)
    np.testing.assert_array_equal(styles.origins, np.eye(3, dtype=bool))


def test_a_row_moves_on_the_disk_only_after_ten_people_and_its_weight_at_once() -> None:
    styles = street(3)
    told = tell_all(styles, np.zeros(4))
    before = styles.means.copy()
    passes(styles, told, 0, MIN_SUPPORTERS - 1)
    passes(styles, told, 1, MIN_SUPPORTERS)
    told = tell(styles, told, UNIT)
    kept = {tuple(mean) for mean in told.styles.means}
    assert kept == {tuple(before[0]), tuple(styles.means[1]), tuple(before[2])}
    assert sorted(told.styles.weights) == [40, 49, 50]
    passes(styles, told, 0, 1)
    told = tell(styles, told, UNIT)
    assert tuple(styles.means[0]) in {tuple(mean) for mean in told.styles.means}


def test_a_split_waits_with_its_parent() -> None:
    styles = street(2)
    told = tell_all(styles, np.zeros(4))
    passes(styles, told, 0, 4)
    parent = told.styles.means[0].copy()
    styles = split_row(styles, Split(0, 0, 0.5, 1.0), UNIT)
    told = tell(styles, told, UNIT)
    assert tuple(parent) in {tuple(mean) for mean in told.styles.means}
    assert len(told.styles) == 2
    passes(styles, told, 1, 3)
    passes(styles, told, 2, 3)
    told = tell(styles, told, UNIT)
    assert {tuple(mean) for mean in told.styles.means} == {tuple(mean) for mean in styles.means}


def test_a_merge_is_told_when_both_sides_together_have_ten() -> None:
    styles = street(3)
    told = tell_all(styles, np.zeros(4))
    passes(styles, told, 0, 5)
    passes(styles, told, 1, 4)
    styles = merge_rows(styles, 0, 1, UNIT)
    told = tell(styles, told, UNIT)
    assert len(told.styles) == 3
    assert told.styles.weights.sum() == 129
    passes(styles, told, 1, 1)
    told = tell(styles, told, UNIT)
    assert {tuple(mean) for mean in told.styles.means} == {tuple(mean) for mean in styles.means}


def test_no_rows_have_no_kin() -> None:
    assert kinship(np.zeros((0, 0), bool)).shape == (0, 0)
    assert kinship(np.zeros((2, 0), bool)).shape == (0, 0)


Steps = st.lists(
    st.tuples(st.sampled_from(["pass", "split", "merge", "tell"]), st.integers(0, 99), st.integers(1, 12)),
    max_size=60,
)


@given(Steps)
def test_whatever_happens_no_row_is_told_anew_for_fewer_than_ten_and_none_loses_its_descendants(
    steps: list[tuple[str, int, int]],
) -> None:
    styles = street(4)
    told = tell_all(styles, np.zeros(4))
    for kind, place, number in steps:
        row = place % len(styles)
        if kind == "pass":
            passes(styles, told, row, number, seed=place)
        elif kind == "split" and len(styles) < MAX_PROTOTYPES:
            styles = split_row(styles, Split(row, number % 2, 0.5, 1.0), UNIT)
        elif kind == "merge" and len(styles) > 1:
            styles = merge_rows(styles, row, (row + 1) % len(styles), UNIT)
        elif kind == "tell":
            before, people = told, told.fresh.sum()
            told = tell(styles, told, UNIT)
            assert told.fresh.sum() <= people
            known = {tuple(mean) for mean in before.styles.means}
            if people < MIN_SUPPORTERS:
                assert {tuple(mean) for mean in told.styles.means} <= known
            assert (told.fresh < MIN_SUPPORTERS).all()
            assert styles.origins.any(axis=0).all()
            assert styles.origins.any(axis=1).all()
            assert 0 < len(told.styles) <= MAX_PROTOTYPES
            np.testing.assert_allclose(told.styles.weights.sum(), styles.weights.sum())
