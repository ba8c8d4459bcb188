"""The bank's file: what is written comes back, and what was damaged, cut or meant for another booth does not."""

from __future__ import annotations

import contextlib
import json
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from appliance.artifacts import (
    LEVELS,
    MIN_SUPPORTERS,
    Bank,
    BankError,
    Measure,
    Tail,
    content_hash,
    load_bank,
    save_bank,
    tensors_of,
    write_atomically,
)
from appliance.errors import BoothError
from tests.streets import random_bank, tail

SMALL = {"colour": 4, "texture": 3}
VERSION = "descriptor/1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "street.bank"
    save_bank(random_bank(lengths=SMALL), path)
    return path


def same(one: Bank, other: Bank) -> bool:
    first, second = tensors_of(one), tensors_of(other)
    arrays = first.keys() == second.keys() and all(
        np.array_equal(first[name], second[name]) for name in first
    )
    return arrays and (one.descriptor, one.passages) == (other.descriptor, other.passages)


@given(
    st.integers(0, 99),
    st.integers(1, 5),
    st.dictionaries(st.sampled_from(["colour", "structure", "texture"]), st.integers(1, 9), min_size=1),
)
def test_a_bank_comes_back_as_it_was(
    tmp_path: Path, seed: int, prototypes: int, lengths: dict[str, int]
) -> None:
    bank = random_bank(seed, prototypes, lengths)
    given_id = save_bank(bank, tmp_path / "one.bank")
    back = load_bank(tmp_path / "one.bank", VERSION)
    assert same(bank, back)
    assert back.id == given_id


def test_the_same_bank_has_the_same_id(tmp_path: Path) -> None:
    assert save_bank(random_bank(), tmp_path / "first") == save_bank(random_bank(), tmp_path / "second")


def test_another_bank_has_another_id(tmp_path: Path) -> None:
    ids = {save_bank(random_bank(seed), tmp_path / "bank") for seed in range(5)}
    ids.add(save_bank(replace(random_bank(0), passages=101), tmp_path / "bank"))
    assert len(ids) == 6


@settings(max_examples=200)
@given(st.data())
def test_a_flipped_bit_is_refused_or_changes_nothing(file: Path, data: st.DataObject) -> None:
    whole = load_bank(file, VERSION)
    content = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    damaged = file.with_name("damaged.bank")
    damaged.write_bytes(content)
    with contextlib.suppress(BankError):
        assert same(load_bank(damaged, VERSION), whole)


def test_a_flipped_bit_among_the_numbers_is_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(BankError, match=r"checksum; learn it again: booth learn"):
        load_bank(file, VERSION)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_bank_cut_short_is_refused(file: Path, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BankError, match="not a bank"):
        load_bank(file, VERSION)


@pytest.mark.parametrize("content", [b"hello", b"\xff" * 64, b"\0" * 64, struct.pack("<Q", 2) + b"{}"])
def test_what_is_no_bank_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(BankError) as raised:
        load_bank(file, VERSION)
    assert str(raised.value).startswith(f"{file}: ")


def test_a_missing_bank_names_its_cure(tmp_path: Path) -> None:
    for path in (tmp_path / "none.bank", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(BankError, match="no such bank; learn it again: booth learn SOURCE"):
            load_bank(path, VERSION)


def facts_of(file: Path) -> dict[str, str]:
    """The metadata of a bank without its checksum."""
    content = file.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    metadata: dict[str, str] = json.loads(content[8 : 8 + length])["__metadata__"]
    return {key: value for key, value in metadata.items() if key != "sha256"}


def rewritten(file: Path, change: dict[str, str]) -> None:
    """The same numbers under other metadata, the checksum made to fit where the change leaves it out."""
    tensors, facts = load(file.read_bytes()), {**facts_of(file), **change}
    file.write_bytes(save(tensors, {"sha256": content_hash(tensors, facts), **facts}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "bank/1"}, r"schema 'bank/1' instead of 'bank/2'"),
        ({"descriptor": "descriptor/9"}, r"made with 'descriptor/9', this booth has 'descriptor/1'"),
        ({"measures": "colour,cut"}, "cut.prototypes"),
        ({"measures": ""}, "prototypes"),
        ({"passages": "many"}, "many"),
        ({"neighbours": "many"}, "many"),
    ],
)
def test_a_bank_of_another_kind_is_refused(file: Path, change: dict[str, str], words: str) -> None:
    rewritten(file, {})
    load_bank(file, VERSION)
    rewritten(file, change)
    with pytest.raises(BankError, match=words):
        load_bank(file, VERSION)


def test_a_prototype_of_nine_people_cannot_be_made() -> None:
    good = random_bank(lengths=SMALL).measures["colour"]
    few = good.supporters.copy()
    few[1] = MIN_SUPPORTERS - 1
    with pytest.raises(ValueError, match="every prototype needs 10 supporters"):
        replace(good, supporters=few)


def test_a_file_with_a_prototype_of_nine_people_is_refused(file: Path) -> None:
    tensors = load(file.read_bytes())
    tensors["colour.supporters"][0] = MIN_SUPPORTERS - 1
    facts = facts_of(file)
    file.write_bytes(save(tensors, {**facts, "sha256": content_hash(tensors, facts)}))
    with pytest.raises(BankError, match="every prototype needs 10 supporters"):
        load_bank(file, VERSION)


@pytest.mark.parametrize(
    "change",
    [
        {"prototypes": np.zeros((0, 4), np.float32), "supporters": np.zeros(0, np.int64)},
        {"prototypes": np.zeros(4, np.float32)},
        {"prototypes": np.full((3, 4), np.nan, np.float32)},
        {"supporters": np.full(2, 10)},
        {"centre": np.zeros(5, np.float32)},
        {"spread": np.zeros(4, np.float32)},
        {"spread": np.full(4, np.inf, np.float32)},
    ],
)
def test_a_measure_that_cannot_be_is_refused_at_birth(change: dict[str, Any]) -> None:
    good: Measure = random_bank(lengths=SMALL).measures["colour"]
    with pytest.raises(ValueError, match=r"shape|supporters|finite|positive"):
        replace(good, **change)


@pytest.mark.parametrize(
    ("deciles", "excess", "count"),
    [
        (np.zeros(9), 1.0, 1.0),
        (np.full(10, np.nan), 1.0, 1.0),
        (np.linspace(2, 1, len(LEVELS)), 1.0, 1.0),
        (tail().deciles, 0.0, 1.0),
        (tail().deciles, np.inf, 1.0),
        (tail().deciles, 1.0, 0.0),
    ],
)
def test_a_tail_that_cannot_be_is_refused_at_birth(deciles: Any, excess: float, count: float) -> None:
    with pytest.raises(ValueError, match=r"tail|shape"):
        Tail(deciles, excess, count)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(BoothError, match="No space left on device; name a folder with space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_makes_its_folder(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new" / "deep" / "file", b"here")
    assert (tmp_path / "new" / "deep" / "file").read_bytes() == b"here"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BoothError, match="name a folder"):
        write_atomically(tmp_path / "file" / "bank", b"")
