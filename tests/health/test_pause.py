"""Pauses: each owner lifts his own, all of them outlive restarts, and a file in doubt is a pause."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.health.pause import DISPLAY, OPERATOR, UPLINK, PauseError, pause, paused_by, resume

PASSER_BY = "passer-by"
MINUTE = "2026-11-22T17:01:00Z"


def test_nobody_pauses_a_new_booth(tmp_path: Path) -> None:
    assert paused_by(tmp_path / "nowhere") == ""
    assert resume(tmp_path / "state", OPERATOR) == ""


def test_a_pause_stays_until_its_owner_lifts_it(tmp_path: Path) -> None:
    pause(tmp_path, OPERATOR, MINUTE)
    pause(tmp_path, OPERATOR, MINUTE)
    assert paused_by(tmp_path) == "paused by operator"
    assert resume(tmp_path, OPERATOR) == paused_by(tmp_path) == ""


def test_nobody_lifts_the_pause_of_another(tmp_path: Path) -> None:
    pause(tmp_path, PASSER_BY, MINUTE)
    pause(tmp_path, OPERATOR, MINUTE)
    assert paused_by(tmp_path) == "paused by operator, passer-by"
    assert resume(tmp_path, OPERATOR) == "paused by passer-by"
    assert resume(tmp_path, OPERATOR) == paused_by(tmp_path) == "paused by passer-by"
    assert resume(tmp_path, PASSER_BY) == ""


def test_the_uplink_keeps_no_pause_but_the_operators(tmp_path: Path) -> None:
    """Its folder is the only one that it may write in."""
    pause(tmp_path, PASSER_BY, MINUTE)
    assert not (tmp_path / UPLINK).parent.exists()
    pause(tmp_path, OPERATOR, MINUTE)
    (tmp_path / UPLINK).unlink()
    assert paused_by(tmp_path) == "paused by passer-by"
    assert stat.S_IMODE((tmp_path / DISPLAY).parent.stat().st_mode) & 0o022 == 0


@given(
    st.binary(max_size=40)
    | st.sampled_from([b"[" * 4000, b'{"schema":"pause/3","by":{}}', b'{"schema":"pause/1","by":{"a":1}}'])
    | st.dictionaries(st.sampled_from(["schema", "by"]), st.none() | st.text(max_size=3)).map(
        lambda values: json.dumps(values).encode()
    )
)
def test_a_damaged_file_is_a_pause_that_nobody_lifts_from_afar(tmp_path: Path, content: bytes) -> None:
    (tmp_path / UPLINK).parent.mkdir(exist_ok=True)
    (tmp_path / UPLINK).write_bytes(content)
    assert "pause.json: no pause/1; paused until somebody there" in paused_by(tmp_path)
    for change in (lambda: resume(tmp_path, OPERATOR), lambda: pause(tmp_path, OPERATOR, MINUTE)):
        with pytest.raises(PauseError):
            change()
    assert (tmp_path / UPLINK).read_bytes() == content


@pytest.mark.parametrize("name", [UPLINK, DISPLAY])
def test_a_file_that_cannot_be_opened_is_a_pause(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    assert "pause.json: Is a directory; paused" in paused_by(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BoothError, match=r"pause\.json: .*folders\.state"):
        pause(tmp_path, OPERATOR, MINUTE)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(BoothError, match=r"pause\.json: .*folders\.state"):
        pause(tmp_path / "state", OPERATOR, MINUTE)


def test_many_who_pause_at_once_are_all_heard(tmp_path: Path) -> None:
    owners = [f"owner-{number}" for number in range(20)]
    threads = [threading.Thread(target=pause, args=(tmp_path, owner, MINUTE)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paused_by(tmp_path) == f"paused by {', '.join(sorted(owners))}"
    for owner in owners:
        resume(tmp_path, owner)
    assert paused_by(tmp_path) == ""


def test_a_power_cut_in_the_middle_leaves_the_old_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause(tmp_path, PASSER_BY, MINUTE)
    monkeypatch.setattr(
        Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(BoothError, match="No space left"):
        resume(tmp_path, PASSER_BY)
    assert paused_by(tmp_path) == "paused by passer-by"
