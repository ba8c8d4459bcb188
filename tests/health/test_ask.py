"""Somebody asks to be scored: for half a minute, again with each press, and by nobody's hand but display's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BoothError
from appliance.health.ask import ASK_S, FILE, Ask, ask_at, end_ask, write_ask

GOOD = {"schema": "ask/1", "until_s": 110.0, "number": 2}


def lay(runtime: Path, content: bytes) -> None:
    (runtime / FILE).parent.mkdir(exist_ok=True)
    (runtime / FILE).write_bytes(content)


def test_an_ask_ends_by_itself_and_each_press_is_another(tmp_path: Path) -> None:
    runtime = tmp_path / "run"
    assert ask_at(runtime, 0.0) is None
    first = write_ask(runtime, 100.0)
    assert ask_at(runtime, 100.0) == first == Ask(100.0 + ASK_S, first.number)
    assert ask_at(runtime, 100.0 + ASK_S) is None
    assert write_ask(runtime, 101.0).number != first.number
    assert [path.name for path in (runtime / FILE).parent.iterdir()] == [Path(FILE).name]


def test_an_ask_can_be_ended(tmp_path: Path) -> None:
    write_ask(tmp_path, 100.0)
    end_ask(tmp_path)
    end_ask(tmp_path)
    assert ask_at(tmp_path, 100.0) is None


@pytest.mark.parametrize(
    "change",
    [
        {"until_s": 100 + ASK_S + 0.1},
        {"schema": "ask/2"},
        {"until_s": True},
        {"until_s": float("nan")},
        {"number": -1},
        {"number": 1.5},
        {"number": True},
        {"more": 1},
    ],
)
def test_what_is_no_ask_is_none(tmp_path: Path, change: dict[str, Any]) -> None:
    lay(tmp_path, json.dumps(GOOD).encode())
    assert ask_at(tmp_path, 100.0) == Ask(110.0, 2)
    lay(tmp_path, json.dumps({**GOOD, **change}).encode())
    assert ask_at(tmp_path, 100.0) is None


@given(st.binary(max_size=60) | st.sampled_from([b"[" * 300, b'{"schema":"ask/1"}']))
def test_no_bytes_ask(tmp_path: Path, content: bytes) -> None:
    lay(tmp_path, content)
    assert ask_at(tmp_path, 100.0) is None


def test_a_pipe_asks_nothing_and_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    os.mkfifo(tmp_path / FILE)
    assert ask_at(tmp_path, 100.0) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to another user")
def test_nobody_asks_but_display(tmp_path: Path) -> None:
    write_ask(tmp_path, 100.0)
    os.chown(tmp_path / FILE, 54_321, -1)
    assert ask_at(tmp_path, 100.0) is None


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(BoothError, match=r"ask\.json: .*folders\.runtime"):
        write_ask(tmp_path / "run", 100.0)
