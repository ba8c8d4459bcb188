"""What the uplink lets out to a real broker, byte by byte: messages of the contract, and nothing of who was in view.

Beside the outbox of a vision that looked at a canary's video it finds, in the folders that they share, all that must
not go out: figures of a person in the vitals, a bank, counts of a day.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from appliance.health.vitals import write_vitals
from appliance.logbook.entry import entry_from
from appliance.uplink.broker import LocalBroker, find_mosquitto
from appliance.uplink.command import Command, payload_from_command
from appliance.uplink.papers import read_schema
from appliance.uplink.topics import UP, split_topic
from tests.uplink.consumer import Consumer
from tests.walls.channels import Form, anything, lines_of, rows_of, strangers, vitals_of
from tests.walls.conftest import Looked
from tests.walls.packets import CONNECT, PUBACK, PUBLISH, SUBSCRIBE, Packet, packets_in
from tests.walls.planted import Planted
from tests.walls.serving import served, wait_until
from tests.walls.tracing import Trace

CHANNELS: dict[str, Form] = {
    r"run/\.uplink\.json\.\d+": vitals_of("uplink"),
    r"state/logbook\.jsonl": lines_of(entry_from),
    r"state/logbook\.lock": lines_of(entry_from),
    r"state/outbox\.sqlite(-wal|-shm|-journal|\.lock)?": anything,
    r"TCP:\[.*\]?": anything,
}
PEOPLE = 40_077
"In view by the vitals; no other figure of them is so."


@dataclass(frozen=True)
class Sent:
    """What came out of it."""

    trace: Trace
    folder: Path
    rows: list[bytes]
    "Payloads that waited in the outbox."
    planted: Planted
    vitals: dict[str, object]

    @property
    def wire(self) -> bytes:
        return b"".join(write.content for write in self.trace.writes if write.target.startswith("TCP:"))

    def packets(self, kind: int) -> list[Packet]:
        return [packet for packet in packets_in(self.wire) if packet.kind == kind]


@pytest.fixture(scope="module")
def sent(looked: Looked, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    folder = tmp_path_factory.mktemp("uplink")
    for name in ("state", "run"):
        shutil.copytree(looked.folder / name, folder / name)
    with closing(sqlite3.connect(folder / "state/outbox.sqlite")) as base:
        rows = rows_of(base)
    vitals = {**json.loads((folder / "run/vision.json").read_text()), **people_of(looked.planted)}
    with LocalBroker(folder / "broker") as broker, Consumer(broker.port) as backend:
        folders = {"state": str(folder / "state"), "runtime": str(folder / "run")}
        (folder / "booth.yaml").write_text(
            json.dumps({"folders": folders, "uplink": {"broker": broker.url, "health_every_s": 0.5}})
        )
        with served("uplink", folder / "booth.yaml", folder.parent / "uplink.strace", folder) as left:
            wait_until(lambda: fresh(folder, vitals) and len(backend.ids()) == len(rows))
            backend.publish(
                "booth/v1/new-york/desk/command", payload_from_command(Command("q1", "request-status"))
            )
            wait_until(lambda: fresh(folder, vitals) and backend.of("command/reply"))
            wait_until(lambda: fresh(folder, vitals) and heard_of(backend))
    return Sent(left.trace, folder, rows, looked.planted, vitals)


def people_of(planted: Planted) -> dict[str, object]:
    """Vitals that no vision has, and one that stays in the booth: somebody's vector and box, and how many there are."""
    vector, box = planted.vectors["colour"][0].tolist(), planted.boxes[0].tolist()
    return {
        "state": "running",
        "reason": "",
        "people": PEOPLE,
        "vector": vector,
        "box": box,
        "seen_s": planted.times_s[0],
    }


def fresh(folder: Path, vitals: dict[str, object]) -> bool:
    """Keep vision's vitals young."""
    write_vitals(folder / "run", "vision", vitals)
    return True


def heard_of(backend: Consumer) -> bool:
    """Whether a health tells of vision."""
    return any(json.loads(message.payload)["frames"] for message in backend.of("health"))


def test_the_uplink_writes_to_known_places_only_and_each_in_its_form(sent: Sent) -> None:
    assert strangers(sent.trace, sent.folder, "uplink", CHANNELS) == []
    assert sent.trace.families <= {"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"}


def test_no_byte_on_the_wire_and_none_of_its_writes_tells_of_anybody(sent: Sent) -> None:
    assert len(sent.wire) > 1000
    for content in (sent.wire, *sent.trace.written):
        assert sent.planted.found_in(content) == ""


def test_the_wire_carries_packets_of_a_booth_and_payloads_of_the_contract_only(sent: Sent) -> None:
    told = sent.packets(PUBLISH)
    for packet in told:
        topic = split_topic(packet.topic)
        assert topic
        assert (topic.city, topic.booth) == ("new-york", "desk")
        assert topic.kind in UP
        values = json.loads(packet.payload)
        kind = values["schema"].split("/")[0]
        jsonschema.validate(values, read_schema(kind), jsonschema.Draft202012Validator)
    kinds = [packet.topic.rsplit("desk/", 1)[1] for packet in told]
    assert {"status", "health", "exception", "command/reply"} <= set(kinds)
    assert [packet.payload for packet in told if packet.topic.endswith("/exception")] == sent.rows
    for packet in (*sent.packets(SUBSCRIBE), *sent.packets(PUBACK)):
        assert len(packet.body) < 200
    (greeting,) = sent.packets(CONNECT)
    will = greeting.body[greeting.body.index(b'{"schema"') :]
    jsonschema.validate(json.loads(will), read_schema("status"), jsonschema.Draft202012Validator)


def test_how_many_people_are_in_view_is_in_no_message(sent: Sent) -> None:
    for packet in sent.packets(PUBLISH):
        values = json.loads(packet.payload)
        assert PEOPLE not in values.values(), packet.topic


def test_a_reason_is_one_of_the_few_of_a_booth_that_is_well(sent: Sent) -> None:
    """It is free text by the schema, where a second or a number could hide."""
    statuses = [
        json.loads(packet.payload) for packet in sent.packets(PUBLISH) if packet.topic.endswith("/status")
    ]
    assert {values["reason"] for values in statuses} <= {"", "stopped"}


def test_a_status_and_a_health_tell_of_vision_what_its_vitals_say(sent: Sent) -> None:
    """Or nothing of them was put to the test."""
    told = [
        json.loads(packet.payload) for packet in sent.packets(PUBLISH) if packet.topic.endswith("/health")
    ]
    assert any(values["passages"] == sent.vitals["passages"] for values in told)
