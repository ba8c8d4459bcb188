"""The attack on a bank finds people in a bank of people, and none in a bank of crowds."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from calibration.trials.membership import attack_bank, membership_auc, nearest

LENGTH = 12


def people(seed: int, count: int = 120) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(count, LENGTH)).astype(np.float32)


def bank_file(folder: Path, prototypes: NDArray[np.float32]) -> Path:
    file = folder / "some.bank"
    centre, spread = np.full(LENGTH, 0.5, np.float32), np.full(LENGTH, 2.0, np.float32)
    stored = {
        "colour.prototypes": (prototypes - centre) / spread,
        "colour.centre": centre,
        "colour.spread": spread,
    }
    save_file(stored, file)
    return file


def test_a_bank_of_single_people_betrays_them(tmp_path: Path) -> None:
    found = attack_bank(bank_file(tmp_path, people(0)), {"colour": people(0)}, {"colour": people(1)})
    assert found["colour"] > 0.99
    assert found["all"] > 0.99


def test_a_bank_of_crowds_betrays_hardly_anybody(tmp_path: Path) -> None:
    crowds = people(0, 4000).reshape(40, 100, LENGTH).mean(axis=1)
    found = attack_bank(bank_file(tmp_path, crowds), {"colour": people(0, 4000)}, {"colour": people(1, 4000)})
    assert found["colour"] < 0.55


def test_a_measure_that_the_bank_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="shape"):
        attack_bank(bank_file(tmp_path, people(0)), {"shape": people(0)}, {"shape": people(1)})


def test_an_attack_with_nobody_gives_no_figure(tmp_path: Path) -> None:
    nobody = np.zeros((0, LENGTH), np.float32)
    found = attack_bank(bank_file(tmp_path, people(0)), {"colour": people(0)}, {"colour": nobody})
    assert math.isnan(found["colour"])
    assert math.isnan(found["all"])


@given(st.integers(0, 1000))
def test_telling_members_by_their_distance_counts_either_way(seed: int) -> None:
    near, far = np.random.default_rng(seed).normal(size=(2, 30))
    assert membership_auc(near, far) == pytest.approx(membership_auc(-near, -far))
    assert membership_auc(near, far) >= 0.5


@pytest.mark.parametrize("count", [0, 1, 5])
def test_nearest_gives_one_distance_a_person(count: int) -> None:
    vectors, prototypes = people(0, count), people(1, 7)
    away = np.linalg.norm(vectors[:, None] - prototypes[None], axis=2).min(axis=1, initial=np.inf)
    assert nearest(prototypes, vectors) == pytest.approx(away, abs=1e-5)
