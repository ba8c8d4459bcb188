"""Commands: only what the schema allows is one, and every message gets a reply by the schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.command import (
    COMMANDS,
    Command,
    command_from_payload,
    payload_from_command,
    reply_payload,
)
from tests.uplink.builders import check_schema


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_go_there_and_back(name: str) -> None:
    command = Command("ask-1", name)
    check_schema("command", payload_from_command(command))
    assert command_from_payload(payload_from_command(command)) == command
    result, reason = ("done", "") if name == "request-status" else ("refused", "not yet supported")
    assert check_schema("reply", reply_payload(command)) == {
        "schema": "reply/1",
        "id": "ask-1",
        "result": result,
        "reason": reason,
    }


@pytest.mark.parametrize(
    "change",
    [{"command": "reboot"}, {"id": ""}, {"id": "a b"}, {"id": 3}, {"more": 1}, {"schema": "command/2"}],
)
def test_anything_else_is_not_understood(change: dict[str, Any]) -> None:
    values = {"schema": "command/1", "id": "ask-1", "command": "request-status", **change}
    command = command_from_payload(json.dumps(values).encode())
    assert command.name == ""
    assert check_schema("reply", reply_payload(command))["result"] == "not understood"


@given(st.binary() | st.text().map(lambda text: json.dumps({"id": text, "command": text}).encode()))
def test_any_bytes_get_a_reply(payload: bytes) -> None:
    command = command_from_payload(payload)
    assert command.name == ""
    check_schema("reply", reply_payload(command))


def test_long_and_deep_messages_are_not_read() -> None:
    assert command_from_payload(b"[" * 100_000) == Command("", "")
    assert command_from_payload(b"[" * 512) == Command("", "")
