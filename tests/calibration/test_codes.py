"""A measure of shares is learned as one mean of all: distances are code lengths that the passage had no part in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.artifacts import load_bank, save_bank
from appliance.records import FloatArray
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.codes import LEAST_SHARE, code_lengths, words_of
from appliance.vision.descriptor import KINDS, VERSION
from appliance.vision.novelty import Judge
from calibration.bank import bank_from_street, learn_bank, street_from_bank
from calibration.heldout import left_out_codes
from calibration.merging import merge_banks
from calibration.street import HOLD_S, Street

TINT = "tint"
LENGTH = KINDS[TINT].length


def wearers(seed: int, count: int, favourite: int = 0) -> FloatArray:
    """Shares of people who wear a few colours most, others now and then."""
    liking = np.full(LENGTH, 0.02)
    liking[favourite : favourite + 8] = 2.0
    return np.random.default_rng(seed).dirichlet(liking, count).astype(np.float32)


def rarities(shares: FloatArray, street: FloatArray) -> FloatArray:
    judge = Judge(learn_bank({TINT: street}, VERSION), 1, CpuNeighbours)
    return np.asarray(judge.judge({TINT: shares}).rarities)


def test_however_long_the_street_the_mean_is_one_and_holds_shares() -> None:
    measure = learn_bank({TINT: wearers(0, 400)}, VERSION).measures[TINT]
    assert measure.prototypes.shape == (1, LENGTH)
    assert measure.supporters.tolist() == [400]
    np.testing.assert_allclose(measure.prototypes.sum(), 1, rtol=1e-3)
    assert measure.prototypes[0, :8].sum() > 0.6


def test_a_wanted_share_of_new_people_is_flagged_and_all_who_wear_other_colours() -> None:
    street = wearers(0, 400)
    flagged = (rarities(wearers(1, 600), street) >= 0.95).mean()
    assert 0.02 < flagged < 0.09
    assert (rarities(wearers(2, 100, favourite=80), street) >= 0.95).all()


@pytest.mark.parametrize("count", [2, 15])
def test_a_left_out_code_is_the_one_by_the_others_alone(count: int) -> None:
    shares = wearers(3, count)
    found = left_out_codes(shares, shares.mean(axis=0), count)
    for row in range(count):
        others = np.delete(shares, row, axis=0).mean(axis=0)
        expected = code_lengths(shares[row : row + 1], words_of(others))[0]
        assert found[row] == pytest.approx(expected, rel=1e-3)
    assert (found <= -np.log(LEAST_SHARE) + 1e-3).all()


def test_people_too_far_apart_to_be_held_together_are_coded_too() -> None:
    street = Street()
    for number, one in enumerate(wearers(4, 12)):
        street.see({TINT: one}, number * 2 * HOLD_S / 3)
    street.rest()
    bank = bank_from_street(street, VERSION)
    assert bank.measures[TINT].prototypes.shape == (1, LENGTH)
    assert bank.measures[TINT].tail.deciles[-1] <= -np.log(LEAST_SHARE) * 1.02


def test_streets_together_have_one_mean_that_knows_both(tmp_path: Path) -> None:
    first, second = (learn_bank({TINT: wearers(5 + where, 100, where)}, VERSION) for where in (0, 80))
    merged = merge_banks([first, second])
    measure = merged.measures[TINT]
    assert measure.prototypes.shape == (1, LENGTH)
    np.testing.assert_allclose(
        measure.prototypes[0],
        (first.measures[TINT].prototypes[0] + second.measures[TINT].prototypes[0]) / 2,
        atol=1e-6,
    )
    save_bank(merged, tmp_path / "city.bank")
    assert street_from_bank(load_bank(tmp_path / "city.bank", VERSION)).people == 200
