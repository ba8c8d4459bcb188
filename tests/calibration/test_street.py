"""A street learned on line: nobody is kept, what is rare but worn becomes ordinary, and exceptions poison nothing."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.artifacts import MIN_SUPPORTERS, Bank, tensors_of
from appliance.records import FloatArray
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.descriptor import KINDS
from appliance.vision.novelty import Judge
from calibration.bank import bank_from_street, days_between, street_from_bank
from calibration.street import FADE_DAYS, FIRST, HOLD_S, LONGEST_FADE_DAYS, Street

VERSION = "descriptor/1"
LENGTHS = {"colour": 60, "texture": 20}
MAIN = 4
"Directions in which the made-up street varies most."

Worn = dict[str, FloatArray]


def people(seed: int, count: int, shift: float = 0.0, spread: float = 1.0, variety: float = 1.0) -> Worn:
    """Raw vectors of a street that varies along a few directions; `shift` away from it is another style."""
    rng, law = np.random.default_rng(seed), np.random.default_rng(77)
    worn: Worn = {}
    for name, length in LENGTHS.items():
        axes, aside = law.normal(size=(MAIN, length)), law.normal(size=length)
        rows = variety * rng.normal(size=(count, MAIN)) @ axes + rng.normal(0, 0.7, (count, length)) * spread
        worn[name] = (rows + shift * aside).astype(np.float32)
    return worn


def uniforms(seed: int, count: int) -> Worn:
    """A style of its own: less varied than the street, and away from it."""
    return people(seed, count, shift=1.8, variety=0.4)


def strangers(seed: int, count: int) -> Worn:
    """Exceptions, each of another kind."""
    rng, worn = np.random.default_rng(seed), people(seed, count)
    return {
        name: (rows + 2.5 * rng.normal(size=rows.shape)).astype(np.float32) for name, rows in worn.items()
    }


def mixed(seed: int, *parts: Worn) -> Worn:
    """All of them in random order."""
    rows = {name: np.concatenate([part[name] for part in parts]) for name in LENGTHS}
    order = np.random.default_rng(seed).permutation(len(rows["colour"]))
    return {name: matrix[order] for name, matrix in rows.items()}


def each(worn: Worn) -> Iterable[dict[str, FloatArray]]:
    return ({name: rows[i] for name, rows in worn.items()} for i in range(len(worn["colour"])))


def taught(worn: Worn, street: Street | None = None, every_s: float = 0.0) -> Street:
    street = street or Street()
    for number, one in enumerate(each(worn)):
        street.see(one, number * every_s)
    return street


def bank_of(worn: Worn) -> Bank:
    street = taught(worn)
    street.rest()
    return bank_from_street(street, VERSION)


def distances(bank: Bank, worn: Worn) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return Judge(bank, 1, CpuNeighbours).judge(worn).distances


def rarities(bank: Bank, worn: Worn) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return Judge(bank, 1, CpuNeighbours).judge(worn).rarities


def auroc(near: Iterable[float], far: Iterable[float]) -> float:
    one, other = np.asarray(list(near)), np.asarray(list(far))
    return float((other[:, None] > one).mean() + (other[:, None] == one).mean() / 2)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(10, 120), st.floats(0, 60), st.floats(0.1, 5))
def test_whatever_is_stored_stands_for_ten_people_and_is_nobody(
    seed: int, count: int, every_s: float, spread: float
) -> None:
    worn = people(seed, count, spread=spread)
    street = taught(worn, every_s=every_s)
    street.rest()
    if not street.ready():
        return
    bank = bank_from_street(street, VERSION)
    assert bank.passages <= count
    for name, measure in bank.measures.items():
        assert measure.growth is not None
        assert measure.supporters.min() >= MIN_SUPPORTERS
        assert measure.supporters.sum() <= bank.passages
        assert measure.growth.cells.passages.min() >= MIN_SUPPORTERS - 1e-6
        raw = measure.prototypes * measure.spread + measure.centre
        turned = street.wears[name].styles.directions.reshape(-1, LENGTHS[name])
        for rows in (raw, measure.prototypes, turned):
            away = np.linalg.norm(rows[:, None] - worn[name][None], axis=2).min(axis=1)
            assert (away > 0.01 * np.linalg.norm(worn[name].std(axis=0))).all()


def test_nobody_is_held_after_the_first_people_are_together() -> None:
    street = taught(people(0, FIRST))
    assert street.ready()
    before = [street.people, street.known]
    street.rest()
    assert [street.people, street.known] == before == [FIRST, FIRST]


@pytest.mark.parametrize(("count", "every_s"), [(60, 0.0), (15, 0.0), (7, 3.0), (30, 40.0), (1, 0.0)])
def test_no_vector_outlives_its_time(count: int, every_s: float) -> None:
    worn = people(0, count)
    street = taught(worn, every_s=every_s)
    street.settle(count * every_s + HOLD_S)
    content = pickle.dumps(street)
    for rows in worn.values():
        for row in rows:
            assert row.tobytes() not in content
            assert row.astype(np.float64).tobytes() not in content


def test_somebody_alone_is_forgotten() -> None:
    street = taught(people(0, 1))
    street.settle(HOLD_S - 0.1)
    assert street.known == 1
    street.settle(HOLD_S)
    assert street.known == 0


@pytest.mark.parametrize("every_s", [0.0, 1.0, HOLD_S / 4, HOLD_S / 1.5])
def test_a_bank_comes_of_few_people_however_slowly_they_pass(every_s: float) -> None:
    street = taught(people(3, 24), every_s=every_s)
    street.rest()
    assert street.ready()
    assert 10 <= street.people <= 24


def test_the_speed_of_the_machine_changes_nothing() -> None:
    fast, slow = (taught(people(4, 90), every_s=every_s) for every_s in (0.01, 1.0))
    one, other = (tensors_of(bank_from_street(street, VERSION)) for street in (fast, slow))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_new_people_of_the_street_are_as_rare_as_they_should_be() -> None:
    shares = [(rarities(bank_of(people(i, 300)), people(i + 50, 200)) >= 0.95).mean() for i in range(8)]
    assert 0.035 <= np.mean(shares) <= 0.07


def test_people_all_dressed_alike_can_be_learned_and_a_change_is_noticed() -> None:
    alike: Worn = {name: np.ones((40, length), np.float32) for name, length in LENGTHS.items()}
    street = taught(mixed(0, people(1, 200)), taught(alike))
    assert bank_from_street(street, VERSION).passages == 240
    assert (rarities(bank_from_street(street, VERSION), people(2, 100)) < 0.95).mean() > 0.8


def test_a_style_of_one_in_fifty_is_ordinary_after_six_hundred_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in LENGTHS:  # made-up measures, so none is worth more
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], weight=1.0))
    others, before, after = uniforms(60, 200), [], []
    for seed in range(3):
        street = people(seed, 588)
        before.append((rarities(bank_of(street), others) >= 0.95).mean())
        bank = bank_of(mixed(seed, street, uniforms(seed + 9, 12)))
        after.append((rarities(bank, others) >= 0.95).mean())
    assert np.mean(before) > 0.9
    assert np.mean(after) < 0.5


def test_a_style_of_one_in_twenty_is_as_ordinary_as_any() -> None:
    bank = bank_of(mixed(0, people(0, 570), uniforms(9, 30)))
    assert (rarities(bank, uniforms(60, 200)) >= 0.95).mean() < 0.1


def test_a_few_exceptions_do_not_poison_the_bank() -> None:
    usual, odd = people(60, 200), strangers(61, 200)
    clean, poisoned = (
        [auroc(distances(bank, usual), distances(bank, odd)) for bank in banks]
        for banks in (
            [bank_of(people(i, 300)) for i in range(3)],
            [bank_of(mixed(i, people(i, 300), strangers(i + 9, 15))) for i in range(3)],
        )
    )
    assert np.mean(clean) > 0.8
    assert np.mean(poisoned) > np.mean(clean) - 0.02


def test_one_far_outfit_moves_no_prototype_far() -> None:
    street = taught(people(0, 100))
    before = {name: wear.styles.means.copy() for name, wear in street.wears.items()}
    street.see({name: np.full(length, 1e6, np.float32) for name, length in LENGTHS.items()}, 0.0)
    for name, wear in street.wears.items():
        moved = np.linalg.norm((wear.styles.means - before[name]) / wear.unit, axis=1).max()
        assert moved <= 0.3 * wear.level


def test_what_the_street_wore_long_ago_gives_way() -> None:
    old, new = people(0, 300), people(1, 300, shift=2.5)
    street = taught(old)
    weight = street.wears["colour"].styles.weights.sum()
    street.fade(FADE_DAYS)
    assert street.wears["colour"].styles.weights.sum() == pytest.approx(weight / np.e)
    street.fade(10_000)
    assert street.wears["colour"].styles.weights.sum() == pytest.approx(
        weight / np.e * np.exp(-LONGEST_FADE_DAYS / FADE_DAYS)
    )
    bank = bank_from_street(taught(new, street), VERSION)
    assert (rarities(bank, people(2, 100, shift=2.5)) >= 0.95).mean() < 0.15


def test_learning_goes_on_from_a_bank_alone() -> None:
    first = bank_of(people(0, 200))
    street = street_from_bank(first)
    assert street.people == 200
    again = bank_from_street(street, VERSION)
    for name, measure in first.measures.items():
        np.testing.assert_allclose(again.measures[name].prototypes, measure.prototypes, atol=1e-5)
        np.testing.assert_array_equal(again.measures[name].supporters, measure.supporters)
    new, old = people(5, 300), again
    assert abs((rarities(old, new) >= 0.95).mean() - (rarities(first, new) >= 0.95).mean()) < 0.03
    taught(people(1, 100), street)
    assert bank_from_street(street, VERSION).passages == 300


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-11-01", "2026-11-29", 28),
        ("2026-11-29", "2026-11-01", 0),
        ("", "2026-11-01", 0),
        ("2026-11-01", "", 0),
    ],
)
def test_days_are_counted_between_dates_that_are_known(first: str, last: str, days: float) -> None:
    assert days_between(first, last) == days


def test_who_is_forgotten_while_held_was_never_learned() -> None:
    street = Street()
    for number, vectors in enumerate(each(people(1, FIRST - 1))):
        street.see(vectors, 0.01 * number)
    assert street.known == FIRST - 1
    street.forget()
    street.rest()
    assert (street.known, street.people, street.wears) == (0, 0, {})
