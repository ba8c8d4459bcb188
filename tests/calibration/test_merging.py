"""Banks of one city become one, which knows what each of them knew; banks that do not fit are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance.artifacts import BankError, load_bank, save_bank
from calibration.bank import street_from_bank
from calibration.merging import merge_banks
from calibration.prototypes import MAX_PROTOTYPES
from tests.calibration.test_street import bank_of, people, rarities, uniforms
from tests.streets import random_bank


def test_a_merged_bank_has_seen_the_people_of_all() -> None:
    first, second = bank_of(people(0, 200)), bank_of(people(1, 100))
    both = merge_banks([first, second])
    assert both.passages == 300
    for name, measure in both.measures.items():
        assert measure.supporters.sum() == sum(one.measures[name].supporters.sum() for one in (first, second))
        assert len(measure.prototypes) <= 15
    assert (rarities(both, people(5, 300)) >= 0.95).mean() < 0.08


def test_what_one_booth_knows_the_others_learn() -> None:
    first, second = bank_of(people(0, 600)), bank_of(uniforms(1, 200))
    assert (rarities(first, uniforms(5, 100)) >= 0.95).mean() > 0.6
    assert (rarities(merge_banks([first, second]), uniforms(5, 100)) >= 0.95).mean() < 0.15


def test_the_order_of_booths_does_not_matter_much() -> None:
    banks = [bank_of(people(seed, 150)) for seed in range(3)]
    one, other = merge_banks(banks), merge_banks(banks[::-1])
    np.testing.assert_allclose(rarities(one, people(9, 50)), rarities(other, people(9, 50)), atol=0.25)


def test_a_merged_bank_goes_into_a_file_and_is_learned_on(tmp_path: Path) -> None:
    merged = merge_banks(
        [replace(bank_of(people(seed, 60)), days=("2026-11-01", f"2026-11-0{seed + 2}")) for seed in (0, 1)]
    )
    save_bank(merged, tmp_path / "city.bank")
    back = load_bank(tmp_path / "city.bank", "descriptor/1")
    assert back.days == ("2026-11-01", "2026-11-03")
    assert street_from_bank(back).people == 120


def test_an_older_bank_weighs_less() -> None:
    old, new = (
        replace(bank_of(people(i, 100)), days=(day, day)) for i, day in ((0, "2026-10-01"), (1, "2026-11-26"))
    )
    for measure in merge_banks([old, new]).measures.values():
        assert measure.growth is not None
        assert measure.growth.weights.sum() == pytest.approx(100 + 100 * np.exp(-2))


def test_a_bank_alone_is_itself() -> None:
    bank = bank_of(people(0, 100))
    alone = merge_banks([bank])
    assert alone.passages == 100
    np.testing.assert_allclose(
        alone.measures["colour"].prototypes, bank.measures["colour"].prototypes, atol=1e-5
    )


def test_many_banks_have_no_more_prototypes_than_one_may_have() -> None:
    merged = merge_banks([bank_of(people(seed, 500)) for seed in range(4)])
    assert all(len(measure.prototypes) <= MAX_PROTOTYPES for measure in merged.measures.values())


def test_banks_that_do_not_fit_are_named() -> None:
    bank = bank_of(people(0, 40))
    measures = {"colour": bank.measures["colour"]}
    for other in (
        replace(bank, descriptor="descriptor/9", id="abc"),
        replace(bank, neighbours=3, id="abc"),
        replace(bank, measures=measures, id="abc"),
    ):
        with pytest.raises(BankError, match=r"bank abc: made with .* learn one of them again"):
            merge_banks([bank, other])


def test_a_finished_bank_cannot_be_merged() -> None:
    with pytest.raises(BankError, match="nothing to go on learning from"):
        merge_banks([random_bank(), random_bank()])
