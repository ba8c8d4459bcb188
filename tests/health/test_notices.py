from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.health.notices import MOST_TEXT, QUIET, SUBJECTS, Subject, file_of, tell, told, told_all


def test_a_booth_of_which_nothing_was_told_is_quiet(tmp_path: Path) -> None:
    assert told_all(tmp_path) == {"update": "none", "provision": "none", "machine": "ok"}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_was_told_last_is_said_by_everybody(tmp_path: Path, subject: Subject) -> None:
    tell(tmp_path, subject, "first")
    tell(tmp_path, subject, "kept\n0.2.0")
    assert told(tmp_path, subject) == "kept 0.2.0"
    assert file_of(tmp_path, subject).stat().st_mode & 0o777 == 0o644


def test_nothing_to_say_is_quiet_again(tmp_path: Path) -> None:
    tell(tmp_path, "machine", "reboot required")
    tell(tmp_path, "machine", " ")
    assert told(tmp_path, "machine") == QUIET["machine"]


@given(st.binary(max_size=2000))
def test_whatever_lies_there_one_short_line_is_said(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    state = tmp_path_factory.mktemp("state")
    file_of(state, "update").write_bytes(content)
    assert 0 < len(told(state, "update")) <= MOST_TEXT


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    tell(tmp_path, "update", "x" * 5000)
    assert told(tmp_path, "update") == "x" * MOST_TEXT


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BoothError, match=r"folders\.state"):
        tell(tmp_path / "file", "update", "x")
