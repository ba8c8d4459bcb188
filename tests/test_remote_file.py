"""The store of what is set from afar: read whole or not at all, and followed by those who only read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.remote_file import FILE, Kept, Remote, Version, read_kept, set_aside, write_kept

SWEDISH = Version(3, {"display": {"language": "sv"}})
SPANISH = Version(4, {"display": {"language": "es"}})
GOOD = {"schema": "remote/1", "version": 3, "settings": {}, "tried": 3, "reason": "", "previous": None}
KEPT = [
    Kept(),
    Kept(SWEDISH, tried=3),
    Kept(SPANISH, tried=4, previous=SWEDISH),
    Kept(SPANISH, tried=4, previous=Version()),
    Kept(SWEDISH, tried=4, reason="the connection was lost"),
]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()


def files_in(folder: Path, **sections: Any) -> Settings:
    return Settings.model_validate({"folders": {"state": folder, "runtime": folder / "run"}, **sections})


def language(remote: Remote) -> str:
    return remote.settings.display.language


@pytest.mark.parametrize("kept", KEPT)
def test_what_is_kept_is_read_again(tmp_path: Path, kept: Kept) -> None:
    write_kept(tmp_path / "state", kept)
    assert read_kept(tmp_path / "state") == kept
    assert [path.name for path in (tmp_path / "state" / FILE).parent.iterdir()] == ["remote.json"]


def test_where_nothing_is_kept_nothing_is_in_force(tmp_path: Path) -> None:
    assert read_kept(tmp_path / "nowhere") == Kept()


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "remote/2"},
        {"version": -1},
        {"version": True},
        {"version": 2**31},
        {"tried": 2},
        {"settings": []},
        {"reason": None},
        {"previous": {}},
        {"previous": {"version": 1}},
        {"previous": {"version": 1, "settings": 1}},
        {"more": 1},
    ],
)
def test_a_file_of_another_kind_is_not_used(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / FILE).write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(BoothError, match=r"remote\.json: not by remote/1"):
        read_kept(tmp_path)


@given(st.binary(max_size=40) | st.sampled_from([b"[" * 60_000, b"\xff", b"{}" + b" " * 70_000]))
def test_no_bytes_raise_anything_but_the_error_for_people(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BoothError, match=r"remote\.json"):
        read_kept(tmp_path)


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(BoothError, match=r"remote\.json: Is a directory"):
        read_kept(tmp_path)


def test_a_file_set_aside_makes_room_for_a_new_one(tmp_path: Path) -> None:
    set_aside(tmp_path)
    for content in ("{", "}"):
        (tmp_path / FILE).write_text(content)
        set_aside(tmp_path)
    assert read_kept(tmp_path) == Kept()
    assert (tmp_path / f"{FILE}.corrupt").read_text() == "}"


def test_a_reader_takes_changes_over_within_a_second(tmp_path: Path) -> None:
    remote = Remote(files_in(tmp_path), 100.0)
    assert remote.settings == files_in(tmp_path)
    write_kept(tmp_path, Kept(SWEDISH, tried=3))
    assert not remote.look(100.9)
    assert remote.look(101.0)
    assert language(remote) == "sv"
    assert not remote.look(102.0)
    write_kept(tmp_path, Kept(SPANISH, tried=4, previous=SWEDISH))
    assert remote.look(103.0)
    assert language(remote) == "es"
    write_kept(tmp_path, Kept())
    assert remote.look(104.0)
    assert remote.settings == files_in(tmp_path)


def test_a_reader_starts_with_what_is_in_force(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(SWEDISH, tried=3))
    assert Remote(files_in(tmp_path), 0.0).settings.display.language == "sv"


def test_a_damaged_file_is_told_once_and_no_stricter_wish_falls_away_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mat = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}
    write_kept(tmp_path, Kept(Version(1, {"capture": {"mode": "opt-in-zone", "zones": [mat]}}), tried=1))
    remote = Remote(files_in(tmp_path), 0.0)
    (tmp_path / FILE).write_text("{")
    assert not any(remote.look(float(second)) for second in range(1, 5))
    assert remote.settings.capture.mode == "opt-in-zone"
    assert caplog.text.count("not used") == 1
    (tmp_path / FILE).unlink()
    assert not any(remote.look(float(second)) for second in range(5, 7))
    assert (remote.settings.capture.mode, remote.fault) == ("opt-in-zone", "")


def test_who_starts_with_a_damaged_wish_does_not_know_how_strict_it_was(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    remote = Remote(files_in(tmp_path), 0.0)
    assert "remote.json: not by remote/1; restart the uplink" in remote.fault
    (tmp_path / FILE).unlink()
    remote.look(1.0)
    assert "remote.json" in remote.fault
    (tmp_path / FILE).write_text("{")
    set_aside(tmp_path)
    remote.look(2.0)
    assert remote.fault == ""


def test_a_wish_that_new_files_forbid_is_not_in_force(tmp_path: Path) -> None:
    write_kept(tmp_path, Kept(Version(1, {"capture": {"mode": "open-street"}}), tried=1))
    mat = {"name": "mat", "polygon": [[0, 0], [1, 0], [1, 1]]}
    strict = files_in(tmp_path, capture={"mode": "opt-in-zone", "zones": [mat]})
    assert Remote(strict, 0.0).settings == strict
