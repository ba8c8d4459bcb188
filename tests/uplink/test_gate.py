"""The gate: of what lies in the outbox only messages leave, letter by letter as this program writes them."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.uplink.drain import Drain
from appliance.uplink.event import (
    EventError,
    ExceptionEvent,
    event_from_payload,
    is_event,
    payload_from_event,
)
from appliance.uplink.form import form_from
from appliance.uplink.gate import is_trend
from appliance.uplink.mqtt import Link
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_schema import checksum
from appliance.uplink.papers import read_schema
from appliance.uplink.wording import payload_from_values
from tests.uplink.builders import payloads
from tests.uplink.fakes import FakeLink
from tests.uplink.test_event import events

EVENT = payloads(1)[0]
TREND: dict[str, Any] = read_schema("trend")["examples"][0]


def sent_of(outbox: Outbox, steps: int = 3) -> list[bytes]:
    link = FakeLink()
    drain = Drain(outbox, lambda kind: kind)
    for number in range(steps):
        drain.step(cast(Link, link), link.answer(), float(number))
    return link.sent


def test_a_frame_and_a_vector_in_the_outbox_go_nowhere_and_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.add("exception", os.urandom(768 * 576 * 3))
    outbox.add("trend", b'{"vector":[0.1,0.2],"track":17}')
    outbox.add("exception", EVENT)
    with caplog.at_level(logging.ERROR):
        assert sent_of(outbox) == [EVENT]
    assert (outbox.rows(), outbox.dropped()) == (1, 2)
    assert len(caplog.records) == 1, "told once, and quoting nothing"


def test_a_kind_of_another_topic_goes_nowhere(tmp_path: Path) -> None:
    """add() refuses it; whoever writes in the file does not ask add()."""
    outbox = Outbox(tmp_path / "outbox.sqlite")
    with sqlite3.connect(outbox.file) as base:
        row = ("status", EVENT, checksum("status", EVENT))
        base.execute("INSERT INTO messages (kind, payload, crc) VALUES (?, ?, ?)", row)
    assert sent_of(outbox) == []
    assert outbox.dropped() == 1


def test_what_passes_behind_a_whole_window_of_what_does_not_arrives(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    for _ in range(300):
        outbox.add("exception", b"{}")
    outbox.add("exception", EVENT)
    assert sent_of(outbox) == [EVENT]
    assert outbox.dropped() == 300


@given(events())
def test_every_event_as_it_is_written_may_leave(event: ExceptionEvent) -> None:
    assert is_event(payload_from_event(event))


@given(events(), st.data())
def test_an_event_with_a_byte_changed_leaves_only_if_it_is_an_event_again(
    event: ExceptionEvent, data: st.DataObject
) -> None:
    payload = bytearray(payload_from_event(event))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    changed = bytes(payload)
    try:
        written = payload_from_event(event_from_payload(changed)) == changed
    except EventError:
        written = False
    assert is_event(changed) == written


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"why"', '"vector":[0.1,0.2],"why"'),
        lambda text: text.replace('{"schema"', '{"id":"person at .41 .63","schema"'),
        lambda text: text.replace('"rarity":0.988', '"rarity":0.98812345678'),
        lambda text: text.replace('"rarity":0.988', '"rarity":0.9880'),
        lambda text: text.replace('"striped"', '"red"'),
        lambda text: text.replace('"striped"', '"tall"'),
        lambda text: text.replace(",", ", "),
        lambda text: text + "\n",
    ],
)
def test_an_event_with_anything_more_does_not_leave(change: Any) -> None:
    text = EVENT.decode()
    assert change(text) != text
    assert not is_event(change(text).encode())


def test_the_contracts_own_release_may_leave_and_one_with_a_key_twice_may_not() -> None:
    payload = payload_from_values(TREND)
    assert is_trend(payload)
    assert not is_trend(payload.replace(b'{"schema"', b'{"id":"a vector","schema"'))
    assert not is_trend(json.dumps(TREND).encode())
    assert not is_trend(payload + b" " * 40_000)
    assert not is_trend(b"[" * 20_000)
    assert not is_trend(payload_from_values({**TREND, "city": "a\n"})), "Python's own $ would let it pass"
    assert not is_trend(payload_from_values({**TREND, "confidence": True}))


@given(st.data())
def test_the_form_takes_of_a_release_what_the_schema_takes(data: st.DataObject) -> None:
    release: Any = json.loads(json.dumps(TREND))
    spot = release
    while isinstance(spot, dict | list) and spot:
        keys = list(spot) if isinstance(spot, dict) else range(len(spot))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(spot[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
            spot[key] = data.draw(WRONG)
            break
        spot = spot[key]
    right = jsonschema.Draft202012Validator(read_schema("trend")).is_valid(release)
    assert form_from(read_schema("trend"))(release) == right


WRONG = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 400), st.just(0.5), st.just(-0.5), st.just(1e9 + 0.5), st.just("grey"),
    st.just("x" * 300), st.lists(st.integers(0, 1), max_size=3), st.just({}),
)  # fmt: skip


@pytest.mark.parametrize("kind", ["exception", "trend"])
def test_what_the_form_does_not_know_ends_the_start(kind: str) -> None:
    schema = read_schema(kind)
    schema["properties"]["id"]["format"] = "uuid"
    with pytest.raises(ValueError, match="no form for"):
        form_from(schema)
    with pytest.raises(ValueError, match="not closed"):
        form_from({"type": "object", "properties": {}, "required": [], "additionalProperties": True})
