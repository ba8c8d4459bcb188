"""Prototypes are means of at least ten passages, whatever the street and however it is clustered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.artifacts import MIN_SUPPORTERS
from appliance.records import FloatArray
from calibration.prototypes import (
    MAX_PROTOTYPES,
    cluster_means,
    dissolve_small,
    find_prototypes,
    nearest_rows,
    seed_centres,
)


def street(seed: int, count: int, length: int, styles: int) -> FloatArray:
    """Passages around a few styles, some worn by many and some by one."""
    rng = np.random.default_rng(seed)
    popular = rng.dirichlet(np.full(styles, 0.3))
    worn = rng.choice(styles, count, p=popular)
    centres = rng.normal(0, 5, (styles, length))
    return (centres[worn] + rng.normal(size=(count, length))).astype(np.float32)


@given(st.integers(0, 10_000), st.integers(10, 150), st.integers(1, 6), st.integers(1, 12))
def test_every_prototype_is_the_mean_of_at_least_ten_passages(
    seed: int, count: int, length: int, styles: int
) -> None:
    vectors = street(seed, count, length, styles)
    found = find_prototypes(vectors, np.random.default_rng(seed))
    assert (found.supporters >= MIN_SUPPORTERS).all()
    assert found.supporters.sum() == count
    assert 1 <= len(found.centres) <= min(MAX_PROTOTYPES, count // MIN_SUPPORTERS)
    np.testing.assert_array_equal(np.bincount(found.members), found.supporters)
    for row, centre in enumerate(found.centres):
        np.testing.assert_allclose(centre, vectors[found.members == row].mean(axis=0), rtol=1e-4, atol=1e-4)


def test_the_same_seed_gives_the_same_prototypes() -> None:
    vectors = street(1, 200, 5, 6)
    first, second = (find_prototypes(vectors, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(first.centres, second.centres)
    np.testing.assert_array_equal(first.members, second.members)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_fewer_than_ten_passages_have_no_prototype(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} passages are too few, 10 are needed"):
        find_prototypes(np.zeros((count, 3), np.float32), np.random.default_rng(0))


def test_people_all_dressed_alike_are_one_prototype() -> None:
    found = find_prototypes(np.ones((100, 3), np.float32), np.random.default_rng(0))
    np.testing.assert_array_equal(found.centres, [[1, 1, 1]])
    assert found.supporters.tolist() == [100]


def test_two_styles_far_apart_are_told_apart() -> None:
    vectors = np.concatenate([np.zeros((40, 2)), np.full((40, 2), 50.0)]).astype(np.float32)
    found = find_prototypes(vectors, np.random.default_rng(0))
    assert len(set(found.members[:40])) == len(set(found.members[40:])) == 1
    assert sorted(found.centres[:, 0].tolist()) == [0, 50]


def test_nine_of_a_style_join_the_next_one() -> None:
    vectors = np.concatenate([np.zeros((40, 1)), np.full((9, 1), 9.0), np.full((40, 1), 20.0)]).astype(
        np.float32
    )
    found = dissolve_small(vectors, np.array([[0.0], [9.0], [20.0]], np.float32))
    assert found.supporters.tolist() == [49, 40]


def test_clusters_without_anybody_vanish() -> None:
    vectors = np.array([[1.0], [3.0]], np.float32)
    np.testing.assert_array_equal(cluster_means(vectors, np.array([2, 2]), 4), [[2.0]])


def test_the_nearest_centre_is_the_nearest() -> None:
    rng = np.random.default_rng(0)
    vectors, centres = rng.normal(size=(50, 4)).astype(np.float32), rng.normal(size=(7, 4)).astype(np.float32)
    naive = np.linalg.norm(vectors[:, None] - centres[None], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest_rows(vectors, centres), naive)
    assert nearest_rows(vectors[:0], centres).shape == (0,)


def test_seeds_are_passages() -> None:
    vectors = street(2, 60, 3, 4)
    seeds = seed_centres(vectors, 5, np.random.default_rng(0))
    assert seeds.shape == (5, 3)
    assert all((vectors == seed).all(axis=1).any() for seed in seeds)
