"""Commands: only what the schema allows is one, each is done once, and a reply says what is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Settings
from appliance.health.armed import acts_in
from appliance.health.breaks import MINUTES, begin
from appliance.health.moment import read_moment
from appliance.health.pause import OPERATOR, UPLINK, pause, paused_by, resume
from appliance.uplink.command import (
    COMMANDS,
    IDENTIFY_S,
    MOST_BYTES,
    MOST_REMEMBERED,
    PATIENCE_S,
    REMEMBERED_S,
    Command,
    Commands,
    command_from_payload,
    payload_from_command,
)
from tests.uplink.builders import CLOCK, check_schema

RUNNING, PAUSED = {"state": "running"}, {"state": "paused"}


class Desk:
    """An operator's desk: sends commands to a booth and reads its replies."""

    def __init__(self, folder: Path) -> None:
        folders = {"state": folder, "runtime": folder / "run"}
        self.state = folder
        self.commands = Commands(Settings.model_validate({"folders": folders}), lambda: CLOCK)

    def send(self, name: str, id_: str = "ask-1", now_s: float = 100.0) -> Command | None:
        return self.commands.obey(payload_from_command(Command(id_, name)), now_s)

    def replies(self, now_s: float = 100.0, **vision: Any) -> list[tuple[str, str, str]]:
        """Id, result and reason of each reply; the vitals of vision were written at `now_s`."""
        vitals = {"written_s": now_s, **vision} if vision else None
        replies = [check_schema("reply", payload) for payload in self.commands.replies(now_s, vitals)]
        return [(reply["id"], reply["result"], reply.get("reason", "")) for reply in replies]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_go_there_and_back(name: str) -> None:
    command = Command("ask-1", name)
    check_schema("command", payload_from_command(command))
    assert command_from_payload(payload_from_command(command)) == command


@pytest.mark.parametrize(
    "change",
    [{"command": "reboot"}, {"id": ""}, {"id": "a b"}, {"id": 3}, {"more": 1}, {"schema": "command/2"}],
)
def test_anything_else_is_not_understood(desk: Desk, change: dict[str, Any]) -> None:
    values = {"schema": "command/1", "id": "ask-1", "command": "pause", **change}
    assert desk.commands.obey(json.dumps(values).encode(), 100.0) is None
    ((_, result, reason),) = desk.replies()
    assert (result, reason) == ("not understood", "no command/1")
    assert paused_by(desk.state) == ""


NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "schema": st.sampled_from(["command/1", "command/2", None]),
        "id": st.text(max_size=70) | st.integers() | st.sampled_from(["ask-1", "x" * 65]),
        "command": st.sampled_from([*COMMANDS, "", "Pause", [], {}, None]),
        "more": st.none(),
    },
).map(lambda values: json.dumps(values).encode())


@given(
    st.lists(st.binary(max_size=30) | NEARLY | st.sampled_from([b"[" * MOST_BYTES, b"[" * 9999]), max_size=5)
)
def test_any_bytes_get_one_reply_and_only_a_command_is_obeyed(tmp_path: Path, payloads: list[bytes]) -> None:
    desk = Desk(tmp_path)
    obeyed = [desk.commands.obey(payload, 100.0) for payload in payloads]
    assert len(desk.replies() + desk.replies(100.0 + PATIENCE_S)) == len(payloads)
    assert all(command is None or command.name in COMMANDS for command in obeyed)
    wanted = [
        command.name for command in obeyed if command is not None and command.name in ("pause", "resume")
    ]
    assert (paused_by(tmp_path) != "") == (wanted[-1:] == ["pause"])
    resume(tmp_path, OPERATOR)


def test_long_and_deep_messages_are_not_read() -> None:
    assert command_from_payload(b"[" * 100_000) == Command("", "")
    assert command_from_payload(b"[" * MOST_BYTES) == Command("", "")


def test_a_status_is_asked_of_whoever_can_give_it(desk: Desk) -> None:
    assert desk.send("request-status") == Command("ask-1", "request-status")
    assert desk.replies() == [("ask-1", "done", "")]
    assert desk.replies() == []


def test_an_identified_booth_is_named_for_half_a_minute(desk: Desk) -> None:
    assert desk.commands.identify_until_s == 0
    desk.send("identify", now_s=100.0)
    assert desk.commands.identify_until_s == 100 + IDENTIFY_S
    assert desk.replies() == [("ask-1", "done", "")]


def test_a_pause_is_done_once_vision_shows_it(desk: Desk) -> None:
    desk.send("pause")
    assert paused_by(desk.state) == "paused by operator"
    assert desk.replies(100.1, **RUNNING) == []
    assert desk.replies(100.3, **PAUSED) == [("ask-1", "done", "")]
    desk.send("resume", "ask-2", 200.0)
    assert paused_by(desk.state) == ""
    assert desk.replies(200.0, **PAUSED) == []
    assert desk.replies(200.3, state="starting") == [("ask-2", "done", "")]


def test_vitals_from_before_a_command_show_nothing_of_it(desk: Desk) -> None:
    desk.send("pause", now_s=100.0)
    assert desk.commands.replies(100.5, {"written_s": 99.9, **PAUSED}) == []


@pytest.mark.parametrize("vision", [{}, RUNNING])
def test_without_a_vision_that_shows_it_a_pause_is_accepted(desk: Desk, vision: dict[str, Any]) -> None:
    desk.send("pause", now_s=100.0)
    assert desk.replies(100 + PATIENCE_S - 0.1, **vision) == []
    assert desk.replies(100 + PATIENCE_S, **vision) == [("ask-1", "accepted", "as soon as vision runs")]
    assert desk.replies(200.0, **PAUSED) == []


def test_a_resume_from_afar_leaves_the_pause_of_somebody_there(desk: Desk) -> None:
    pause(desk.state, "passer-by", "2026-11-22T17:01:00Z")
    desk.send("pause")
    desk.send("resume", "ask-2")
    assert ("ask-2", "accepted", "still paused by passer-by") in desk.replies()
    assert paused_by(desk.state) == "paused by passer-by"


def test_a_resume_from_afar_knows_of_a_pause_that_lies_in_memory_yet(desk: Desk) -> None:
    begin(desk.state, desk.state / "run", "passer-by", MINUTES, read_moment())
    desk.send("resume")
    assert desk.replies() == [("ask-1", "accepted", "still paused by passer-by")]


def test_a_resume_arms_the_booth_and_nothing_else_does(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number, name in enumerate(("pause", "identify", "request-status")):
        desk.send(name, f"ask-{number}")
    assert acts_in(desk.state) == []
    desk.send("resume", "ask-3")
    (first,) = acts_in(desk.state)
    desk.send("resume", "ask-3")
    assert acts_in(desk.state) == [first], "a command that the broker delivers again is no new act"
    desk.send("resume", "ask-4")
    assert acts_in(desk.state) != [first]


def test_what_cannot_be_written_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / UPLINK).parent.mkdir()
    (tmp_path / UPLINK).write_text("{")
    desk = Desk(tmp_path)
    for id_, name in (("ask-1", "pause"), ("ask-2", "resume")):
        desk.send(name, id_)
        ((_, result, reason),) = desk.replies()
        assert result == "refused"
        assert "pause.json" in reason


def test_a_command_that_comes_twice_is_done_once_and_answered_twice(desk: Desk) -> None:
    assert desk.send("pause") is not None
    assert desk.send("pause") is None
    assert desk.replies(100.1, **PAUSED) == [("ask-1", "done", "")]
    desk.send("resume", "ask-2")
    desk.replies(101.0, **RUNNING)
    assert desk.send("pause", now_s=102.0) is None
    assert desk.replies(102.0, **RUNNING) == [("ask-1", "done", "")]
    assert paused_by(desk.state) == ""


def test_an_id_of_another_command_is_refused(desk: Desk) -> None:
    desk.send("request-status")
    desk.send("pause")
    assert [result for _, result, _ in desk.replies()] == ["done", "refused"]
    assert paused_by(desk.state) == ""


def test_an_id_is_forgotten_after_a_while(desk: Desk) -> None:
    desk.send("identify", now_s=100.0)
    assert desk.send("identify", now_s=100.0 + REMEMBERED_S) is None
    assert desk.send("identify", now_s=100.1 + REMEMBERED_S) is not None


def test_a_flood_of_commands_is_answered_and_takes_no_more_memory(desk: Desk) -> None:
    count = 3 * MOST_REMEMBERED
    for number in range(count):
        desk.send("pause", f"ask-{number}")
    assert len(desk.commands._orders) == MOST_REMEMBERED
    assert len(desk.replies() + desk.replies(100 + PATIENCE_S)) == count
