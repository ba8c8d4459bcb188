"""No frame, crop, vector, box or time of anybody leaves the process: every way out of it is of a closed list and form.

What vision writes, wherever it goes, is held against the form of its channel, and searched for all that the process
knew of the people of a canary's video: as bytes, as text, and packed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from appliance.app import Eyes
from appliance.artifacts import load_bank, save_bank
from appliance.display.card import card_from_datagram
from appliance.logbook.entry import entry_from
from appliance.uplink.event import event_from_payload
from appliance.uplink.trends.line import line_from
from appliance.verbs.apprentice import KEPT
from appliance.vision.descriptor import VERSION
from tests.streets import random_bank
from tests.walls.canary import Canary, found_in
from tests.walls.channels import (
    Form,
    anything,
    bank_at,
    dead_man,
    lines_of,
    rows_of,
    strangers,
    tallies,
    vitals_of,
)
from tests.walls.conftest import Looked
from tests.walls.tracing import Trace, require_strace, trace


def channels(folder: Path) -> dict[str, Form]:
    """All that vision writes: the end of a path, and the form of what is written there."""
    return {
        r"run/\.vision\.json\.\d+": vitals_of("vision"),
        r"run/vision/\.trends\.tally\.\d+": tallies,
        r"state/\.dead-man\.json\.\d+\.part": dead_man,
        r"state/\.street\.bank\.\d+\.part": bank_at(folder / "state" / KEPT),
        r"state/logbook\.jsonl": lines_of(entry_from),
        r"state/trends/ledger\.jsonl": lines_of(line_from),
        r"state/(trends/)?\w+\.lock": lines_of(line_from),
        r"state/outbox\.sqlite(-wal|-shm|-journal|\.lock)?": anything,
    }


def test_vision_writes_to_known_places_only_and_each_in_its_form(looked: Looked) -> None:
    seen, folder = looked.trace, looked.folder
    cards = [write for write in seen.writes if write.target.startswith("UNIX:[")]
    for sent in cards:
        card_from_datagram(sent.content)
    assert cards, "nobody was spotted, so nothing was put to the test"
    rest = [write for write in seen.writes if write not in cards]
    seen = Trace(**{**vars(seen), "writes": rest})
    assert strangers(seen, folder, "vision", channels(folder)) == []


def test_no_write_of_vision_tells_of_a_picture_a_vector_a_box_or_a_moment(looked: Looked) -> None:
    """A card alone may have the moment of a sight, and never leaves the machine."""
    planted = looked.planted
    for write in looked.trace.writes:
        found = planted.found_in(write.content)
        may = {"", "time"} if write.target.startswith("UNIX:[") else {""}
        assert found in may, (write.target, found)
    for path in looked.folder.rglob("*"):
        if path.is_file():
            assert planted.found_in(path.read_bytes()) == "", path


def test_vision_leaves_known_files_only(looked: Looked) -> None:
    left = {path.name for path in looked.folder.rglob("*") if path.is_file()}
    # Where this machine's clock is set, the ledger of the trends begins.
    may = {"outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.sqlite.lock", "ledger.jsonl"}
    assert left - may == {
        KEPT, "booth.yaml", "dead-man.json", "logbook.jsonl", "logbook.lock", "outbox.sqlite", "trends.tally",
        "vision.json",
    }  # fmt: skip


def test_vision_has_learned_from_who_passed(looked: Looked) -> None:
    """Or nothing of what it writes of them was put to the test."""
    assert load_bank(looked.folder / "state" / KEPT, VERSION).passages > 120


def test_vision_opens_no_socket_to_the_world(looked: Looked) -> None:
    assert looked.trace.families <= {"AF_UNIX"}


def test_without_a_technician_no_view_of_the_street_is_made(looked: Looked) -> None:
    assert not [content for content in looked.trace.written if b"view/" in content]


def test_an_event_is_its_decision_by_the_schema_and_nothing_more(looked: Looked) -> None:
    """Value by value against what vision knew: more digits, or a number that jumps, could carry a track."""
    told = [decision for decision in looked.planted.decisions if decision["exception"]]
    with closing(sqlite3.connect(looked.folder / "state/outbox.sqlite")) as base:
        events = [event_from_payload(row) for row in rows_of(base)]
    assert events, "nobody was spotted, so nothing was put to the test"
    bank = json.loads((looked.folder / "run/vision.json").read_text())
    assert len({event.id.split("-")[1] for event in events}) == 1
    for number, (event, decision) in enumerate(zip(events, told, strict=True), 1):
        assert event.id.split("-")[::2] == ["desk", str(number)]
        assert (event.city, event.booth, event.zone) == ("new-york", "desk", "street")
        assert (event.rarity, list(event.why)) == (round(decision["rarity"], 3), list(decision["why"]))
        assert event.engine == bank["engine"]
        assert event.bank in {told_of["now"] for told_of in banks_noted(looked.folder)}


def banks_noted(folder: Path) -> list[dict[str, str]]:
    """Of the logbook, which says by whose id each bank was judged by."""
    lines = (folder / "state/logbook.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["kind"] == "bank"]


@pytest.fixture(scope="module")
def replayed(canary: Canary, eyes: Eyes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Path]:
    """A replay by a bank of noise: everybody is an exception."""
    folder, bank = tmp_path_factory.mktemp("replay"), tmp_path_factory.mktemp("bank") / "noise.bank"
    save_bank(random_bank(), bank)
    outputs = ["--events", str(folder / "events.jsonl"), "--tracks", str(folder / "tracks.txt")]
    command = [sys.executable, "-m", "appliance", "replay", str(canary.video), "--bank", str(bank), *outputs]
    return trace(require_strace(), command, folder.parent / "replay.strace", folder), folder


def event_or_row(line: bytes) -> None:
    """An event, or a row of a replay's boxes, which whoever asks for a replay asks for."""
    if line.startswith(b"{"):
        event_from_payload(line)
    else:
        assert len([float(figure) for figure in line.split(b",")]) == 10


def test_a_replay_writes_events_and_boxes_only(replayed: tuple[Trace, Path], canary: Canary) -> None:
    seen, folder = replayed
    assert seen.code == 0, seen.errors
    assert sorted(path.name for path in folder.rglob("*")) == ["events.jsonl", "tracks.txt"]
    rows = {r"events\.jsonl|tracks\.txt": lines_of(event_or_row)}
    told = [write for write in seen.writes if write.target.startswith("pipe:")]
    silent = Trace(**{**vars(seen), "writes": [write for write in seen.writes if write not in told]})
    assert strangers(silent, folder, "replay", rows) == []
    assert (folder / "events.jsonl").read_bytes(), "nobody was spotted, so nothing was put to the test"
    for content in seen.written:
        assert found_in(canary, content) == ""


def test_a_replay_opens_no_socket_to_the_world(replayed: tuple[Trace, Path]) -> None:
    assert replayed[0].families <= {"AF_UNIX"}
