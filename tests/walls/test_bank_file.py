"""What a bank keeps of the people it was learned from: means of ten and more, tenths, counts; key by key."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from appliance.artifacts import LEVELS, MIN_SUPPORTERS
from appliance.records import FloatArray
from appliance.vision.descriptor import MEASURES, VERSION
from calibration.learn import learn
from tests.streets import passage

PEOPLE = 61
KEPT = {"prototypes", "supporters", "centre", "spread", "tail"}
GROWN = {"weights", "scatter", "cells", "memory"}


@pytest.fixture(scope="module")
def worn() -> dict[str, FloatArray]:
    """Vectors of a made-up street, one row per person."""
    rng = np.random.default_rng(11)
    return {name: rng.random((PEOPLE, length)).astype(np.float32) for name, length in MEASURES.items()}


@pytest.fixture(scope="module")
def file(worn: dict[str, FloatArray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bank") / "street.bank"
    people = [passage(row, {name: rows[row] for name, rows in worn.items()}) for row in range(PEOPLE)]
    learn(people, VERSION, 3, path)
    return path


def test_a_bank_has_these_keys_and_no_other(file: Path) -> None:
    parts = {f"{name}.{part}" for name in MEASURES for part in KEPT | GROWN}
    assert set(load_file(file)) == {"fused.tail", "fused.cells", "fused.memory", *parts}


def test_its_metadata_are_versions_counts_and_a_checksum(file: Path) -> None:
    with safe_open(file, framework="np") as opened:
        metadata = opened.metadata()
    checksum = metadata.pop("sha256")
    assert re.fullmatch("[0-9a-f]{64}", checksum)
    wanted = {
        "schema": "bank/2",
        "descriptor": VERSION,
        "passages": str(PEOPLE),
        "measures": ",".join(MEASURES),
        "neighbours": "3",
        "first_day": "",
        "last_day": "",
    }
    assert metadata == wanted


def test_its_file_is_no_larger_than_what_it_should_hold(file: Path) -> None:
    numbers = sum(array.nbytes for array in load_file(file).values())
    assert file.stat().st_size < numbers + 8192


@pytest.mark.parametrize("name", MEASURES)
def test_each_prototype_stands_for_ten_people_at_least(file: Path, name: str) -> None:
    tensors = load_file(file)
    supporters = tensors[f"{name}.supporters"]
    assert supporters.min() >= MIN_SUPPORTERS
    assert supporters.sum() <= PEOPLE
    assert tensors[f"{name}.prototypes"].shape == (len(supporters), MEASURES[name])
    assert len(supporters) <= PEOPLE // MIN_SUPPORTERS


@pytest.mark.parametrize("name", MEASURES)
def test_no_row_of_a_bank_is_a_person(file: Path, worn: dict[str, FloatArray], name: str) -> None:
    tensors = load_file(file)
    rows = np.concatenate([tensors[f"{name}.prototypes"], tensors[f"{name}.centre"][None]])
    raw = rows * tensors[f"{name}.spread"] + tensors[f"{name}.centre"]
    for vectors in (rows, raw):
        nearest = np.linalg.norm(vectors[:, None].astype(float) - worn[name][None], axis=2).min(axis=1)
        # A mean of ten is this far from each of them; a person would be at none at all.
        typical = np.linalg.norm(worn[name][0] - worn[name].mean(axis=0))
        assert (nearest > 0.5 * typical).all()
    content = file.read_bytes()
    assert not [row for row in worn[name] if row[:8].tobytes() in content]


@pytest.mark.parametrize("name", [*MEASURES, "fused"])
def test_a_tail_has_nothing_finer_than_a_tenth_of_the_street(file: Path, name: str) -> None:
    tail = load_file(file)[f"{name}.tail"]
    assert tail.shape == (len(LEVELS) + 2,)
    assert (np.diff(tail[:-2]) >= 0).all()
    assert np.diff(LEVELS) == pytest.approx([0.1] * 9)


def test_scales_are_of_the_whole_street(file: Path) -> None:
    tensors = load_file(file)
    for name, length in MEASURES.items():
        assert tensors[f"{name}.centre"].shape == tensors[f"{name}.spread"].shape == (length,)


@pytest.mark.parametrize("name", [*MEASURES, "fused"])
def test_a_cell_of_distances_holds_ten_passages_at_least(file: Path, name: str) -> None:
    cells = load_file(file)[f"{name}.cells"]
    assert cells[:, 2].min() >= MIN_SUPPORTERS
    assert cells[:, 2].sum() == pytest.approx(PEOPLE)
