"""Distances become shares of the street: monotone, never certain, and true of people not yet seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.artifacts import LEVELS, Bank, Measure
from appliance.records import FloatArray
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.descriptor import KINDS
from appliance.vision.novelty import Figures, Judge, fuse, references_of, standardise, tail_share
from appliance.vision.rarity import conformal_share
from tests.streets import random_bank, tail, tail_of

DISTANCES = st.floats(0, 1e6)
SAMPLES = arrays.arrays(np.float64, st.integers(10, 40), elements=st.floats(0, 1e3))


@given(SAMPLES, st.lists(DISTANCES, min_size=2, max_size=20))
def test_shares_fall_with_distance_and_stay_above_zero(sample: Figures, distances: list[float]) -> None:
    shares = tail_share(np.sort(distances), tail_of(sample))
    assert (np.diff(shares) <= 0).all()
    assert (shares > 0).all()
    assert (shares <= 1).all()


def test_the_share_of_a_decile_is_its_level() -> None:
    np.testing.assert_allclose(tail_share(tail().deciles, tail()), 1 - LEVELS)


def test_the_share_has_no_jump_where_the_tail_begins() -> None:
    edge = tail().deciles[-1]
    inside, outside = tail_share(np.array([edge, edge + 1e-9]), tail())
    assert inside == pytest.approx(outside, abs=1e-6)


def test_a_young_bank_claims_less_than_an_old_one_of_the_same_street() -> None:
    far = np.array([tail().deciles[-1] + 4])
    assert tail_share(far, tail(0.5, count=1)) > tail_share(far, tail(0.5, count=30))


def test_no_distances_have_no_shares() -> None:
    assert tail_share(np.zeros(0), tail()).shape == (0,)


def judged(
    bank: Bank, count: int = 5, neighbours: int = 3, seed: int = 1
) -> tuple[Judge, dict[str, FloatArray]]:
    rng = np.random.default_rng(seed)
    raw = {
        name: rng.normal(size=(count, len(measure.centre))).astype(np.float32)
        for name, measure in bank.measures.items()
    }
    return Judge(bank, neighbours, CpuNeighbours), raw


def test_the_distance_fuses_the_surprises_and_the_rarity_is_its_share() -> None:
    bank = random_bank(lengths={"colour": 4, "texture": 3})
    judge, raw = judged(bank)
    found = judge.judge(raw)
    for name, measure in bank.measures.items():
        queries = (raw[name] - measure.centre) / measure.spread
        away = np.sort(np.linalg.norm(queries[:, None] - measure.prototypes[None], axis=2), axis=1)[:, :3]
        np.testing.assert_allclose(
            found.surprises[name], -np.log(tail_share(away.mean(axis=1), measure.tail)), rtol=1e-4
        )
    np.testing.assert_allclose(found.distances, fuse(found.surprises))
    shares = conformal_share(tail_share(found.distances, bank.fused), references_of(bank))
    np.testing.assert_allclose(found.rarities, 1 - shares)


NATS = arrays.arrays(np.float64, 4, elements=st.floats(0, 20))


@given(NATS, st.sampled_from(["colour", "texture", "structure", "light"]), st.floats(0.1, 5))
def test_more_surprise_in_any_measure_is_more_distance(nats: Figures, name: str, more: float) -> None:
    names = ("colour", "texture", "structure", "light")
    surprises = {one: nats[place : place + 1] for place, one in enumerate(names)}
    changed = {**surprises, name: surprises[name] + more}
    assert fuse(changed)[0] > fuse(surprises)[0] >= 0


def test_one_clear_surprise_is_farther_than_the_same_in_small_coins() -> None:
    clear, small = (
        fuse({"colour": np.array([one]), "texture": np.array([other])})[0]
        for one, other in ((4.0, 0.0), (2.0, 2.0))
    )
    assert clear > small


def test_cut_and_light_must_surprise_by_far_more_than_colour() -> None:
    nats = np.array([3.0])
    for name in ("structure", "light"):
        least = nats / KINDS[name].weight
        np.testing.assert_allclose(fuse({name: least}), fuse({"colour": nats}))
        assert (least > 1.5 * nats).all()


def test_the_palette_lends_words_and_moves_nothing() -> None:
    nats = np.array([1.0, 3.0])
    np.testing.assert_array_equal(fuse({"colour": nats, "palette": nats * 7}), fuse({"colour": nats}))


def test_a_measure_the_descriptor_does_not_have_counts_in_full() -> None:
    nats = np.array([2.0])
    np.testing.assert_allclose(fuse({"aura": nats}), fuse({"colour": nats}))


def test_who_wears_a_prototype_is_less_rare_than_anybody_far_off() -> None:
    bank = random_bank(lengths={"colour": 4})
    measure = bank.measures["colour"]
    worn = measure.prototypes[:1] * measure.spread + measure.centre
    found = Judge(bank, 1, CpuNeighbours).judge({"colour": np.concatenate([worn, worn + 1000])})
    assert found.rarities[0] < 0.05
    assert found.rarities[1] > 0.9
    assert found.nearest["colour"].shape == (2, 1)
    assert found.nearest["colour"][0, 0] == 0


def test_a_bank_with_fewer_prototypes_than_neighbours_still_judges() -> None:
    judge, raw = judged(random_bank(prototypes=1, lengths={"colour": 4}), neighbours=5)
    assert np.isfinite(judge.judge(raw).distances).all()


def test_nobody_is_judged_to_nothing() -> None:
    judge, raw = judged(random_bank(lengths={"colour": 4, "texture": 3}), count=0)
    found = judge.judge(raw)
    assert found.distances.shape == found.rarities.shape == (0,)
    assert all(len(rows) == 0 for rows in found.nearest.values())


def test_each_passage_is_judged_alone() -> None:
    judge, raw = judged(random_bank(lengths={"colour": 4, "texture": 3}), count=6)
    whole = judge.judge(raw)
    for row in range(6):
        alone = judge.judge({name: rows[row : row + 1] for name, rows in raw.items()})
        assert alone.distances[0] == pytest.approx(whole.distances[row], rel=1e-6)


def test_standardising_takes_centre_and_spread_away() -> None:
    measure: Measure = random_bank(lengths={"colour": 4}).measures["colour"]
    back = standardise(measure.prototypes * measure.spread + measure.centre, measure.centre, measure.spread)
    np.testing.assert_allclose(back, measure.prototypes, rtol=1e-4, atol=1e-5)
    assert back.dtype == np.float32
