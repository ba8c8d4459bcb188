"""A technician's session: renewed or over, bounded, and nobody's but display's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.health.field import (
    FILE,
    LONGEST_S,
    RENEW_S,
    Session,
    end_session,
    renew_session,
    session_at,
)
from appliance.health.owners import NOBODY, is_from_display, owners


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()


GOOD = {"schema": "field/1", "until_s": 110.0, "take": 2}


def test_a_session_lasts_while_it_is_renewed_and_ends_by_itself(tmp_path: Path) -> None:
    runtime = tmp_path / "run"
    assert session_at(runtime, 0.0) is None
    renew_session(runtime, 100.0, take=3)
    assert session_at(runtime, 100.0) == Session(100.0 + RENEW_S, 3)
    renew_session(runtime, 110.0)
    assert session_at(runtime, 110.0 + RENEW_S - 0.1) == Session(110.0 + RENEW_S)
    assert session_at(runtime, 110.0 + RENEW_S) is None
    assert [path.name for path in (runtime / FILE).parent.iterdir()] == ["field.json"]


def test_a_session_that_is_ended_is_over_at_once(tmp_path: Path) -> None:
    renew_session(tmp_path, 100.0)
    end_session(tmp_path)
    assert session_at(tmp_path, 100.0) is None
    end_session(tmp_path)


@pytest.mark.parametrize("until_s", [100 + LONGEST_S + 0.1, 1e12])
def test_a_session_without_an_end_is_none(tmp_path: Path, until_s: float) -> None:
    """Such as one from before a reboot, whose clock was higher, or one that somebody wants to last for ever."""
    (tmp_path / FILE).write_text(json.dumps({**GOOD, "until_s": until_s}))
    assert session_at(tmp_path, 100.0) is None


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "field/2"},
        {"until_s": True},
        {"until_s": "110"},
        {"until_s": float("nan")},
        {"take": 1.5},
        {"take": -1},
        {"take": True},
        {"more": 1},
    ],
)
def test_what_is_no_session_is_none(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / FILE).write_text(json.dumps(GOOD))
    assert session_at(tmp_path, 100.0) == Session(110.0, 2)
    (tmp_path / FILE).write_text(json.dumps({**GOOD, **change}))
    assert session_at(tmp_path, 100.0) is None


@given(st.binary(max_size=60) | st.sampled_from([b"[" * 300, b'{"schema":"field/1"}']))
def test_no_bytes_open_a_session(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert session_at(tmp_path, 100.0) is None


def test_a_session_is_display_s_alone(tmp_path: Path) -> None:
    """Whoever is of the booth's group may write into the folder, the uplink too; who owns the file says who did."""
    assert is_from_display(os.getuid())
    assert is_from_display(0)
    assert not is_from_display(54_321)
    if os.geteuid() != 0:
        pytest.skip("only root may give a file to another user")
    renew_session(tmp_path, 100.0)
    os.chown(tmp_path / FILE, 54_321, -1)
    assert session_at(tmp_path, 100.0) is None


def test_whom_a_process_cannot_tell_apart_it_takes_for_display_and_no_other_does() -> None:
    """With PrivateUsers=yes all users but its own and root look like one; none of the three units has it."""
    whole, private = "         0          0 4294967295\n", "0 0 1\n990 990 1\n"
    assert owners(989, 991, whole) == owners(989, 991, "") == {0, 989, 991}
    assert owners(990, 991, private) == {0, 990, NOBODY}
    assert NOBODY not in owners(989, 991, whole)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(BoothError, match=r"field\.json: .*folders\.runtime"):
        renew_session(tmp_path / "run", 100.0)
