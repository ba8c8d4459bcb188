"""The exception event: closed, small, and the same there and back."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.anonymizer import event_from_decision
from appliance.uplink.event import (
    MOST_BYTES,
    EventError,
    ExceptionEvent,
    event_from_payload,
    payload_from_event,
)
from appliance.vocabulary import WORDS
from tests.uplink.builders import CLOCK, ORIGIN, check_schema, decision

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)
VERSIONS = st.from_regex(r"[A-Za-z0-9._:-]{1,40}", fullmatch=True)
BOOTS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
EVENT = event_from_decision(decision(), ORIGIN, 1, CLOCK)


@st.composite
def events(draw: st.DrawFn) -> ExceptionEvent:
    booth = draw(NAMES)
    return ExceptionEvent(
        id=f"{booth}-{draw(BOOTS)}-{draw(st.integers(0, 9_999_999_999))}",
        city=draw(NAMES),
        booth=booth,
        at=draw(st.datetimes()).strftime("%Y").rjust(4, "0") + "-11-22T17:00:00Z",
        clock_synced=draw(st.booleans()),
        rarity=round(draw(st.floats(0, 1)), 3),
        why=tuple(draw(st.lists(st.sampled_from(WORDS), max_size=3, unique=True))),
        zone=draw(NAMES),
        bank=draw(VERSIONS),
        engine=draw(VERSIONS),
    )


@given(events())
def test_every_event_fits_the_schema_and_512_bytes(event: ExceptionEvent) -> None:
    payload = payload_from_event(event)
    assert len(payload) <= MOST_BYTES
    check_schema("exception", payload)
    assert event_from_payload(payload) == event


def test_the_longest_event_fits_512_bytes() -> None:
    words = tuple(sorted(WORDS, key=len)[-3:])
    name, version = "n" * 32, "V" * 40
    names = {"city": name, "booth": name, "zone": name, "bank": version, "engine": version}
    event = replace(
        EVENT, id=f"{name}-ffffffff-9999999999", clock_synced=False, rarity=0.123, why=words, **names
    )
    assert len(payload_from_event(event)) <= MOST_BYTES


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "desk-1"), ("id", "desk-0badcafe-1\n"), ("id", None),
        ("city", "New York"), ("booth", "a/b"), ("booth", ""), ("zone", "x" * 33), ("zone", "+"),
        ("at", "2026-11-22T17:00:31Z"), ("at", 1), ("clock_synced", 1),
        ("rarity", 1.5), ("rarity", -0.001), ("rarity", float("nan")), ("rarity", True), ("rarity", 0.1234),
        ("why", ("tall",)), ("why", ("red", "red")), ("why", ("red", "blue", "upper", "dark")),
        ("why", ["red"]),
        ("bank", "x" * 41), ("bank", ""), ("engine", "a b"),
    ],
)  # fmt: skip
def test_a_value_outside_the_schema_makes_no_event(key: str, value: Any) -> None:
    with pytest.raises(EventError, match=f"event: {key} is outside"):
        replace(EVENT, **{key: value})


@pytest.mark.parametrize("change", [{"track": 7}, {"box": [1, 2]}, {"schema": "exception/2"}, {"why": "red"}])
def test_a_message_with_other_keys_is_refused_by_reader_and_schema(change: dict[str, Any]) -> None:
    values = {**json.loads(payload_from_event(EVENT)), **change}
    payload = json.dumps(values).encode()
    with pytest.raises(EventError):
        event_from_payload(payload)
    with pytest.raises(jsonschema.ValidationError):
        check_schema("exception", payload)


@given(
    st.binary(max_size=600)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_any_bytes_are_an_event_or_refused(payload: bytes) -> None:
    with pytest.raises(EventError):
        event_from_payload(payload)


def test_schema_and_code_know_the_same_words() -> None:
    schema = json.loads(resources.files("appliance.uplink").joinpath("contract/exception.json").read_text())
    assert tuple(schema["properties"]["why"]["items"]["enum"]) == WORDS


@pytest.mark.parametrize("kind", ["exception", "status", "health", "command", "reply"])
def test_every_schema_is_closed_and_valid(kind: str) -> None:
    schema = json.loads(resources.files("appliance.uplink").joinpath(f"contract/{kind}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert sorted(schema["required"]) == sorted(schema["properties"])
