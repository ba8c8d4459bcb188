"""Vitals: fresh figures are read whole, stale, torn and foreign ones are not read at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.health.owners import is_from_vision
from appliance.health.vitals import (
    LAST_WORDS_S,
    MOST_BYTES,
    STALE_S,
    read_vitals,
    remove_vitals,
    write_vitals,
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_vitals(tmp_path, "vision", {"state": "running", "people": 3}, now_s=100.0)
    assert read_vitals(tmp_path, "vision", 101.0) == {"state": "running", "people": 3, "written_s": 100.0}


def test_the_folder_is_made_and_nothing_else_is_left_in_it(tmp_path: Path) -> None:
    write_vitals(tmp_path / "run", "vision", {}, now_s=1.0)
    write_vitals(tmp_path / "run", "vision", {}, now_s=2.0)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["vision.json"]


@pytest.mark.parametrize("age_s", [STALE_S + 0.1, -STALE_S - 0.1, 1e9])
def test_stale_figures_and_those_of_another_boot_are_none(tmp_path: Path, age_s: float) -> None:
    write_vitals(tmp_path, "vision", {}, now_s=1000.0)
    assert read_vitals(tmp_path, "vision", 1000.0 + age_s) is None


def test_last_words_count_until_the_process_is_started_again(tmp_path: Path) -> None:
    write_vitals(tmp_path, "vision", {"state": "failed"}, now_s=1000.0)
    assert read_vitals(tmp_path, "vision", 1000.0 + LAST_WORDS_S) is not None
    assert read_vitals(tmp_path, "vision", 1000.1 + LAST_WORDS_S) is None
    write_vitals(tmp_path, "vision", {"state": "starting"}, now_s=1000.0)
    assert read_vitals(tmp_path, "vision", 1000.0 + LAST_WORDS_S) is None


def test_missing_figures_are_none(tmp_path: Path) -> None:
    assert read_vitals(tmp_path, "vision", 1.0) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "{}", '{"written_s": "now"}', '{"written_s": NaN}', "\xff",
        "[" * 60_000, '{"written_s": 1' + "0" * 400 + "}", '{"written_s": 1.0' + " " * MOST_BYTES + "}",
    ],
)  # fmt: skip
def test_torn_or_foreign_files_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "vision.json").write_bytes(text.encode("latin-1"))
    assert read_vitals(tmp_path, "vision", 1.0) is None


def test_a_process_that_ends_takes_its_figures_back(tmp_path: Path) -> None:
    write_vitals(tmp_path, "vision", {}, now_s=1.0)
    remove_vitals(tmp_path, "vision")
    remove_vitals(tmp_path, "vision")
    assert read_vitals(tmp_path, "vision", 1.0) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BoothError, match=r"file/vision\.json: .*folders\.runtime"):
        write_vitals(tmp_path / "file", "vision", {})


def test_figures_of_another_user_are_none_to_who_asks_whose_they_are(tmp_path: Path) -> None:
    write_vitals(tmp_path, "vision", {"state": "paused"}, now_s=1.0)
    assert read_vitals(tmp_path, "vision", 1.0, is_from_vision) is not None
    assert read_vitals(tmp_path, "vision", 1.0, lambda owner: owner != os.getuid()) is None
    if os.geteuid() != 0:
        pytest.skip("only root may give a file to another user")
    os.chown(tmp_path / "vision.json", 54_321, -1)
    assert read_vitals(tmp_path, "vision", 1.0, is_from_vision) is None
    assert read_vitals(tmp_path, "vision", 1.0) is not None
