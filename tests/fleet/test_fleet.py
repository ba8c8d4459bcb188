"""The fleet as heard: events count once in any order, foreign and poisonous messages change nothing."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from appliance.fleet import fleet as fleet_file
from appliance.fleet.boots import MOST_BOOTS
from appliance.fleet.fleet import Fleet, mapping
from appliance.fleet.sighting import MOST_SHARED, shared
from appliance.fleet.view import Size, fleet_view
from appliance.uplink.message import Message
from tests.uplink.builders import payloads

DESK = "booth/v1/new-york/desk"
EVENT = f"{DESK}/exception"
STATUS = f"{DESK}/status"


def message(kind: str, values: Any, retain: bool = False) -> Message:
    return Message(f"{DESK}/{kind}", json.dumps(values).encode(), retain=retain)


def events_of(boots: dict[str, int]) -> list[Message]:
    """All events of some boots, from 1, in order."""
    return [Message(EVENT, payload) for boot, count in boots.items() for payload in payloads(count, boot)]


def fleet_of(messages: list[Message]) -> Fleet:
    fleet = Fleet()
    for heard in messages:
        fleet.hear(heard, 1.0)
    return fleet


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


def test_equal_words_are_kept_once_and_words_of_yesterday_are_let_go() -> None:
    fleet = Fleet()
    for booth in ("desk", "lab"):
        fleet.hear(Message(f"booth/v1/new-york/{booth}/status", b'{"reason":"a camera is lost"}'), 1.0)
    desk, lab = fleet.booths.values()
    assert desk.words["reason"] is lab.words["reason"]
    for number in range(MOST_SHARED + 1):
        shared(f"word {number}")
    assert shared("".join(("a camera", " is lost"))) is not desk.words["reason"]


def test_only_the_last_events_are_kept() -> None:
    fleet = Fleet(last=3)
    for payload in payloads(9):
        fleet.hear(Message(EVENT, payload), 1.0)
    assert [event.id[-1] for event in fleet.events] == ["7", "8", "9"]
    assert fleet.booths["new-york", "desk"].events == 9


boots = st.dictionaries(st.sampled_from(["0badcafe", "00000001", "feedbeef"]), st.integers(1, 12))
tails = st.lists(st.tuples(st.sampled_from(["0badcafe", "00000001"]), st.integers(1, 15)), max_size=3)


@given(boots, tails, st.data(), st.randoms(use_true_random=False))
def test_order_and_repetitions_change_neither_counts_nor_gaps(
    counts: dict[str, int], told: list[tuple[str, int]], data: st.DataObject, chance: random.Random
) -> None:
    arrived = [event for event in events_of(counts) if data.draw(st.booleans())]
    arrived += [
        message("health", {"outbox_rows": 0, "last_event": f"desk-{boot}-{number}"}) for boot, number in told
    ]
    shuffled = [*arrived, *chance.sample(arrived, len(arrived) // 2)]
    chance.shuffle(shuffled)
    booths = [list(fleet_of(messages).booths.values()) for messages in (arrived, shuffled)]
    assert [(booth.events, booth.gaps) for booth in booths[0]] == [
        (booth.events, booth.gaps) for booth in booths[1]
    ]


def test_an_event_that_never_comes_is_a_gap_until_it_does() -> None:
    first, second, third = events_of({"0badcafe": 3})
    fleet = fleet_of([first, third])
    booth = fleet.booths["new-york", "desk"]
    assert booth.gaps == 1
    fleet.hear(second, 2.0)
    assert booth.gaps == 0


def test_trends_are_numbered_on_their_own() -> None:
    first, third = (message("trend", {"id": f"desk-0badcafe-{number}"}) for number in (1, 3))
    fleet = fleet_of([*events_of({"0badcafe": 3}), first, third])
    assert fleet.booths["new-york", "desk"].gaps == 1
    assert fleet.hear(third, 2.0) is None


def test_a_later_boot_counts_from_its_first_number() -> None:
    messages = events_of({"0badcafe": 9, "feedbeef": 4})
    fleet = fleet_of([*messages[5:9], *messages[11:]])
    assert fleet.booths["new-york", "desk"].gaps == 2


def test_the_end_is_a_gap_only_when_nothing_waits_in_the_booth() -> None:
    fleet = fleet_of(events_of({"0badcafe": 3}))
    booth = fleet.booths["new-york", "desk"]
    fleet.hear(message("health", {"outbox_rows": 2, "last_event": "desk-0badcafe-5"}), 2.0)
    assert booth.gaps == 0
    fleet.hear(message("health", {"outbox_rows": 0, "last_event": "desk-0badcafe-5"}), 3.0)
    assert booth.gaps == 2


def test_another_booths_last_event_tells_nothing() -> None:
    fleet = fleet_of(events_of({"0badcafe": 3}))
    fleet.hear(message("health", {"outbox_rows": 0, "last_event": "other-0badcafe-5"}), 2.0)
    assert fleet.booths["new-york", "desk"].gaps == 0


def test_what_passed_while_the_listener_was_away_is_no_gap() -> None:
    messages = events_of({"0badcafe": 9, "feedbeef": 9})
    fleet = fleet_of(messages[:3])
    fleet.pause()
    for later in (messages[2], messages[7], *messages[14:]):
        fleet.hear(later, 2.0)
    assert fleet.booths["new-york", "desk"].gaps == 0


def test_gaps_of_forgotten_boots_are_still_counted() -> None:
    lost = [
        event
        for number in range(MOST_BOOTS + 5)
        for event in [*events_of({f"{number:08x}": 3})[:1], *events_of({f"{number:08x}": 3})[2:]]
    ]
    assert fleet_of(lost).booths["new-york", "desk"].gaps == MOST_BOOTS + 5


def test_a_retained_status_tells_the_state_but_not_that_the_booth_was_heard() -> None:
    fleet = fleet_of([message("status", {"state": "online"}, retain=True)])
    booth = fleet.booths["new-york", "desk"]
    assert (booth.words, booth.seen_s) == ({"state": "online"}, None)
    fleet.hear(Message("booth/v1/new-york/desk/health", b"{}", 0), 6.0)
    assert booth.seen_s == 6.0


def test_a_will_is_not_the_booths_own_word() -> None:
    fleet = fleet_of([message("status", {"state": "offline"})])
    booth = fleet.booths["new-york", "desk"]
    assert (booth.seen_s, booth.offline_s) == (None, 1.0)
    fleet.hear(message("status", {"state": "online"}), 6.0)
    assert (booth.seen_s, booth.offline_s) == (6.0, None)


def test_a_figure_that_is_no_longer_told_is_no_longer_shown() -> None:
    fleet = fleet_of([message("health", {"outbox_oldest_s": 7.5, "outbox_rows": 3})])
    booth = fleet.booths["new-york", "desk"]
    assert booth.figures == {"outbox_oldest_s": 7.5, "outbox_rows": 3}
    fleet.hear(message("health", {"outbox_oldest_s": None, "outbox_rows": True}), 2.0)
    assert booth.figures == {}


@pytest.mark.parametrize("kind", ["command", "command/reply", "config/desired"])
def test_what_operators_ask_for_is_no_booth(kind: str) -> None:
    fleet = Fleet()
    assert fleet.hear(Message(f"{DESK}/{kind}", b"{}"), 1.0) is None
    assert not fleet.booths


def test_a_fleet_beyond_the_bound_is_counted_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_file, "MOST_BOOTHS", 2)
    fleet = Fleet()
    for number in range(5):
        fleet.hear(Message(f"booth/v1/new-york/b{number}/status", b"{}"), 1.0)
    assert (len(fleet.booths), fleet.unlisted) == (2, 3)
    heading = fleet_view(fleet, Text("here"), 1.0, 0.0, Size(80, 24)).renderables[0]
    assert "3 messages of booths beyond the 2" in str(heading)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
keys = st.sampled_from(
    ["schema", "id", "state", "versions", "dropped", "outbox_rows", "last_event", "result", "clock_synced"]
)
poison = st.binary() | st.dictionaries(keys | st.text(), json_values).map(lambda v: json.dumps(v).encode())
kinds = st.sampled_from(["exception", "trend", "status", "health", "config/reported"])


@given(st.lists(st.tuples(kinds, poison, st.booleans())), st.text())
def test_any_message_is_taken_and_drawn(said: list[tuple[str, bytes, bool]], topic: str) -> None:
    fleet = Fleet()
    fleet.hear(Message(topic, b"{}"), 1.0)
    for kind, payload, retain in said:
        fleet.hear(Message(f"{DESK}/{kind}", payload, retain=retain), 1.0)
    assert not fleet.events
    fleet_view(fleet, Text(), 9.0, 0.0, Size(160, 50))


@pytest.mark.parametrize("payload", [b"{", b"[]", b'{"a": NaN}', b'{"a": 1e999}', b"\xff", b"[" * 60_000])
def test_what_is_no_json_object_is_empty(payload: bytes) -> None:
    assert mapping(payload) == {}
