"""The fleet as heard: events count once, foreign and poisonous messages change nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from appliance.uplink.fleet import Fleet
from appliance.uplink.message import Message
from appliance.uplink.watch import fleet_view
from tests.uplink.builders import payloads

EVENT = "booth/v1/new-york/desk/exception"
STATUS = "booth/v1/new-york/desk/status"


def test_an_event_that_arrives_twice_counts_once() -> None:
    fleet = Fleet()
    first, second = payloads(2)
    heard = [
        fleet.hear(Message(EVENT, payload), 1.0) is not None for payload in (first, first, second, first)
    ]
    assert heard == [True, False, True, False]
    assert fleet.booths["new-york", "desk"].events == 2
    assert [event.id for event in fleet.events] == ["desk-0badcafe-1", "desk-0badcafe-2"]


def test_an_event_under_another_booths_topic_is_not_counted() -> None:
    fleet = Fleet()
    assert fleet.hear(Message("booth/v1/new-york/other/exception", payloads(1)[0]), 1.0) is None
    assert not fleet.events


def test_only_the_last_events_are_kept() -> None:
    fleet = Fleet(last=3)
    for payload in payloads(9):
        fleet.hear(Message(EVENT, payload), 1.0)
    assert [event.id[-1] for event in fleet.events] == ["7", "8", "9"]
    assert fleet.booths["new-york", "desk"].events == 9


def test_a_retained_status_tells_the_state_but_not_that_the_booth_was_heard() -> None:
    fleet = Fleet()
    fleet.hear(Message(STATUS, b'{"state":"online"}', retain=True), 5.0)
    booth = fleet.booths["new-york", "desk"]
    assert (booth.says("state"), booth.says("camera"), booth.seen_s) == ("online", "?", 0.0)
    fleet.hear(Message("booth/v1/new-york/desk/health", b"{}", 0), 6.0)
    assert booth.seen_s == 6.0


@pytest.mark.parametrize("kind", ["command", "command/reply", "config/desired"])
def test_what_operators_say_is_no_booth(kind: str) -> None:
    fleet = Fleet()
    assert fleet.hear(Message(f"booth/v1/new-york/desk/{kind}", b"{}"), 1.0) is None
    assert not fleet.booths


@given(st.text(), st.binary() | st.dictionaries(st.text(), st.text()).map(lambda v: json.dumps(v).encode()))
def test_any_message_is_taken(topic: str, payload: bytes) -> None:
    fleet = Fleet()
    for name in (topic, EVENT, STATUS):
        fleet.hear(Message(name, payload), 1.0)
    assert not fleet.events
    draw(fleet)


def test_an_empty_fleet_is_drawn_with_its_trouble() -> None:
    assert "no broker" in draw(Fleet(), "no broker")


def test_a_booth_cannot_steer_the_terminal() -> None:
    fleet = Fleet()
    fleet.hear(Message(STATUS, json.dumps({"state": "\x1b[2Jred[/]", "camera": "[bold]ok"}).encode()), 1.0)
    drawn = draw(fleet)
    assert "\x1b" not in drawn
    assert "?[2Jred[/]" in drawn
    assert "[bold]ok" in drawn


def draw(fleet: Fleet, trouble: str = "") -> str:
    console = Console(width=160, force_terminal=False)
    with console.capture() as captured:
        console.print(fleet_view(fleet, "mqtt://127.0.0.1", trouble, 9.0))
    return captured.get()
