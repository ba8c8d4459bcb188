"""The bank learnt from passages: its tails are those of people it has not seen, and nobody is stored alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.artifacts import MIN_SUPPORTERS, load_bank, tensors_of
from appliance.errors import BoothError
from appliance.records import FloatArray
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.novelty import Judge
from calibration.bank import learn_bank
from calibration.heldout import distance_matrix, held_out_distances, left_out_distances
from calibration.learn import learn
from calibration.prototypes import Prototypes, find_prototypes
from calibration.scale import unit_of
from tests.streets import passage

LENGTHS = {"colour": 6, "structure": 8, "texture": 5}


def people(seed: int, count: int) -> dict[str, FloatArray]:
    """Raw vectors of a made-up street with a few styles."""
    rng = np.random.default_rng(seed)
    style = rng.integers(0, 4, count)
    return {
        name: (rng.normal(0, 3, (4, length))[style] + rng.normal(size=(count, length))).astype(np.float32)
        for name, length in LENGTHS.items()
    }


@given(st.integers(0, 1000), st.integers(10, 40), st.integers(1, 5))
def test_the_algebra_of_leaving_one_out_equals_leaving_one_out(seed: int, count: int, length: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(count, length)).astype(np.float32)
    alone = Prototypes(vectors.mean(axis=0, keepdims=True), np.zeros(count, np.int64), np.array([count]))
    found = left_out_distances(vectors, alone, 3)
    naive = [np.linalg.norm(vectors[i] - np.delete(vectors, i, axis=0).mean(axis=0)) for i in range(count)]
    np.testing.assert_allclose(found, naive, rtol=1e-3, atol=1e-4)


def test_leaving_one_out_moves_only_the_cluster_he_is_in() -> None:
    vectors = np.array([[0.0], [2.0], [10.0], [14.0]], np.float32)
    two = Prototypes(np.array([[1.0], [12.0]], np.float32), np.array([0, 0, 1, 1]), np.array([2, 2]))
    # The first one's own cluster without him is at 2, the other stays at 12.
    np.testing.assert_allclose(left_out_distances(vectors, two, 2), [(2 + 12) / 2, (2 + 10) / 2, 6.5, 8.5])


@given(st.integers(0, 50), st.integers(0, 6), st.integers(0, 6))
def test_distances_are_euclidean(seed: int, first: int, second: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (
        rng.normal(size=(first, 3)).astype(np.float32),
        rng.normal(size=(second, 3)).astype(np.float32),
    )
    naive = np.linalg.norm(one[:, None].astype(float) - other[None], axis=2)
    np.testing.assert_allclose(distance_matrix(one, other), naive, atol=1e-6)


@pytest.mark.parametrize("count", range(MIN_SUPPORTERS))
def test_fewer_than_ten_people_make_no_bank(count: int) -> None:
    with pytest.raises(BoothError, match=rf"only {count} people .* needs 10; give longer or more sources"):
        learn_bank(people(0, count), "descriptor/1", 3)


def test_ten_people_make_a_bank() -> None:
    bank = learn_bank(people(0, 10), "descriptor/1", 3)
    assert bank.passages == 10
    assert {name: measure.supporters.tolist() for name, measure in bank.measures.items()} == {
        n: [10] for n in LENGTHS
    }


def test_people_all_dressed_alike_make_a_bank_and_are_no_exceptions() -> None:
    alike: dict[str, FloatArray] = {
        name: np.ones((30, length), np.float32) for name, length in LENGTHS.items()
    }
    bank = learn_bank(alike, "descriptor/1", 3)
    rarities = Judge(bank, 3, CpuNeighbours).judge(alike).rarities
    assert (rarities < 0.95).all()


def test_the_same_people_and_seed_make_the_same_bank() -> None:
    first, second = (tensors_of(learn_bank(people(3, 80), "descriptor/1", 3)) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_texture_is_standardised_and_histograms_are_not() -> None:
    variance = np.array([1, 100, 10_000, 0.0, 0.0001])
    np.testing.assert_allclose(unit_of("texture", variance) / np.sqrt(5), [1, 10, 100, 0.05, 0.05])
    np.testing.assert_array_equal(unit_of("colour", variance), np.ones(5))


def test_about_a_twentieth_of_new_people_of_the_street_are_exceptions() -> None:
    shares = []
    for seed in range(8):
        street = people(seed, 480)
        known, new = (
            {name: rows[part] for name, rows in street.items()} for part in (slice(400), slice(400, None))
        )
        judge = Judge(learn_bank(known, "descriptor/1", 1), 1, CpuNeighbours)
        shares.append((judge.judge(new).rarities >= 0.95).mean())
    assert 0.02 < np.mean(shares) < 0.1


def test_learning_forgets_who_was_abstained_from_and_writes_the_bank(tmp_path: Path) -> None:
    street = people(1, 25)
    seen = [passage(i, {name: rows[i] for name, rows in street.items()}) for i in range(25)]
    learned = learn([*seen, passage(98, None), passage(99, None)], "descriptor/1", 3, tmp_path / "bank")
    assert (learned.people, learned.abstained) == (25, 2)
    bank = load_bank(tmp_path / "bank", "descriptor/1")
    assert (bank.id, bank.passages) == (learned.bank, 25)
    assert learned.prototypes == {name: len(one.prototypes) for name, one in bank.measures.items()}


@pytest.mark.parametrize("seen", [0, 9])
def test_a_street_with_too_few_people_leaves_no_file(tmp_path: Path, seen: int) -> None:
    street = people(1, 25)
    few = [passage(i, {name: rows[i] for name, rows in street.items()}) for i in range(seen)]
    with pytest.raises(BoothError, match=f"only {seen} people"):
        learn([*few, passage(99, None)], "descriptor/1", 3, tmp_path / "bank")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [20, 57])
def test_everybody_is_held_out_once_and_is_farther_than_from_prototypes_with_them(count: int) -> None:
    rng = np.random.default_rng(count)
    vectors = rng.normal(size=(count, 30)).astype(np.float32)
    held = held_out_distances(vectors, 1, np.random.default_rng(0))
    known = find_prototypes(vectors, np.random.default_rng(0))
    assert held.shape == (count,)
    assert (held > 0).all()
    assert held.mean() > distance_matrix(vectors, known.centres).min(axis=1).mean()
