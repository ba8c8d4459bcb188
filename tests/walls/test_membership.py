"""Whether somebody was among those a bank was learned from cannot be told from its file: the attack, run."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from appliance.artifacts import MIN_SUPPORTERS, Bank, save_bank
from appliance.records import FloatArray
from calibration.bank import bank_from_street, bank_to_keep, learn_bank
from calibration.street import Street
from calibration.trials.membership import attack_bank
from calibration.trials.statistics import auroc

BEST_GUESS = 0.55
"Area under the attacker's curve that the design allows; .5 is guessing."
LENGTHS = {"colour": 128, "texture": 72}
PEOPLE = 300
Worn = dict[str, FloatArray]


def crowd(seed: int, count: int = PEOPLE) -> Worn:
    """People of one street: a few directions of variety, and of each something of his own, of some more than of others.

    On photos of people the distances vary by a third about their mean, and so they do here.
    """
    rng, law = np.random.default_rng(seed), np.random.default_rng(5)
    worn: Worn = {}
    for name, length in LENGTHS.items():
        own = rng.normal(size=(count, length)) * rng.lognormal(0, 0.45, (count, 1))
        worn[name] = (rng.normal(size=(count, 6)) @ law.normal(size=(6, length)) + own).astype(np.float32)
    return worn


def file_of(worn: Worn, folder: Path, every_s: float = 0.0) -> Path:
    street = Street()
    for row in range(len(worn["colour"])):
        street.see({name: rows[row] for name, rows in worn.items()}, row * every_s)
    save_bank(bank_from_street(street, "descriptor/1"), folder / "street.bank")
    return folder / "street.bank"


@pytest.mark.parametrize("every_s", [0.0, 10.0])
def test_an_attacker_hardly_does_better_than_guessing(tmp_path: Path, every_s: float) -> None:
    found = [
        attack_bank(file_of(crowd(seed), tmp_path, every_s), crowd(seed), crowd(seed + 100))["all"]
        for seed in range(6)
    ]
    assert np.mean(found) <= BEST_GUESS


def test_the_attack_would_see_a_bank_of_people(tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    worn = crowd(0, 20)
    few = {name: rows[:10] for name, rows in worn.items()}
    save_bank(
        learn_bank({name: np.repeat(rows, 30, axis=0) for name, rows in few.items()}, "descriptor/1"),
        tmp_path / "b",
    )
    assert attack_bank(tmp_path / "b", few, {name: rows[10:] for name, rows in worn.items()})["all"] > 0.6


def test_scatter_and_weights_do_not_help_him(tmp_path: Path) -> None:
    """The other figures of a prototype: whoever is as far from it as the average is no likelier to have been there."""
    guesses = []
    for seed in range(6):
        members, others = crowd(seed)["colour"], crowd(seed + 100)["colour"]
        stored = load_file(file_of(crowd(seed), tmp_path))
        away = [
            np.linalg.norm(rows[:, None] - stored["colour.prototypes"], axis=2) for rows in (members, others)
        ]
        typical = np.sqrt(stored["colour.scatter"])
        gaps = [np.abs(one.min(axis=1) - typical[one.argmin(axis=1)]) for one in away]
        guesses.append(auroc(-gaps[1], -gaps[0]))
    assert abs(np.mean(guesses) - 0.5) <= BEST_GUESS - 0.5


def files_of(worn: Worn, make: Callable[[Street, str], Bank], every: int) -> list[tuple[int, Bank]]:
    """The states of a bank that is written each time that `every` more people came, with the people known by then."""
    street = Street()
    states: list[tuple[int, Bank]] = []
    for row in range(len(worn["colour"])):
        street.see({name: rows[row] for name, rows in worn.items()}, row)
        if street.ready() and street.people >= (states[-1][0] if states else 0) + every:
            states.append((row + 1, make(street, "descriptor/1")))
    return states


def guesses_from(before: Bank, after: Bank) -> FloatArray:
    """Who would have to have come if each prototype that differs had been moved by one person, raw, shape (N, D)."""
    old, new = (one.measures["colour"] for one in (before, after))
    assert new.growth is not None
    raws = [(one.prototypes * one.spread + one.centre).astype(np.float64) for one in (old, new)]
    nearest = np.linalg.norm(raws[1][:, None] - raws[0], axis=2).argmin(axis=1)
    moves = raws[1] - raws[0][nearest]
    moved = np.linalg.norm(moves, axis=1) > 1e-4
    weights = new.growth.weights[:, None]
    guesses: FloatArray = (raws[0][nearest] + moves * (weights + 1) / 2)[moved].astype(np.float32)
    return guesses


def away(rows: FloatArray, guesses: FloatArray) -> list[float]:
    """How far each of (N, D) is from the nearest guess (M, D)."""
    nearest: list[float] = np.linalg.norm(rows[:, None] - guesses, axis=2).min(axis=1).tolist()
    return nearest


def found_in(states: list[tuple[int, Bank]], worn: Worn, others: Worn) -> float:
    """How well the difference of two files tells who came between them from strangers, as AUROC."""
    came: list[float] = []
    strange: list[float] = []
    for (known, before), (now, after) in itertools.pairwise(states):
        guesses = guesses_from(before, after)
        if len(guesses):
            came += away(worn["colour"][known:now], guesses)
            strange += away(others["colour"], guesses)
    return auroc(-np.array(strange), -np.array(came))


def test_two_states_of_a_bank_hardly_tell_who_came_between_them() -> None:
    guessed = [
        found_in(files_of(crowd(seed), bank_to_keep, MIN_SUPPORTERS), crowd(seed), crowd(seed + 100))
        for seed in range(6)
    ]
    assert np.mean(guessed) <= BEST_GUESS


def test_two_states_would_tell_whoever_came_alone() -> None:
    """Or the test above would prove nothing."""
    assert found_in(files_of(crowd(0), bank_from_street, 1), crowd(0), crowd(100)) > 0.9
