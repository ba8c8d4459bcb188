"""No frame, crop or vector leaves the process: what it writes is searched for pieces of the pictures it saw."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

from appliance.app import Eyes
from appliance.artifacts import load_bank, save_bank
from appliance.config import Camera
from appliance.runtime.cpu.camera import CpuCamera
from appliance.uplink.event import event_from_payload
from appliance.verbs.apprentice import KEPT
from appliance.vision.descriptor import MEASURES, VERSION
from calibration.bank import learn_bank
from tests.streets import random_bank
from tests.walls.canary import Canary, found_in, make_canary
from tests.walls.tracing import Trace, require_strace, trace

STATES = {
    "state",
    "reason",
    "camera",
    "camera_path",
    "inference",
    "calibrated",
    "wing",
    "engine",
    "bank",
    "outbox",
    "last_event",
    "learning",
    "trends",
}
COUNTS = {"frames", "late", "people", "passages", "abstained", "exceptions", "frames_per_second", "written_s"}
COUNTS |= {"learned", "needed", "armed_s"}
MACHINE = {"memory_free_mb", "temperature_c"}


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory, street_video: Path) -> Canary:
    return make_canary(tmp_path_factory.mktemp("canary"), street_video)


def booth(*words: str) -> list[str]:
    return [sys.executable, "-m", "appliance", *words]


@pytest.fixture(scope="module")
def strict_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of noise: everybody is an exception."""
    path = tmp_path_factory.mktemp("bank") / "noise.bank"
    save_bank(random_bank(), path)
    return path


@pytest.fixture(scope="module")
def replayed(
    canary: Canary, strict_bank: Path, eyes: Eyes, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Trace, Path]:
    folder = tmp_path_factory.mktemp("replay")
    outputs = ["--events", str(folder / "events.jsonl"), "--tracks", str(folder / "tracks.txt")]
    command = booth("replay", str(canary.video), "--bank", str(strict_bank), *outputs)
    return trace(require_strace(), command, folder.parent / "replay.strace", folder), folder


@pytest.fixture(scope="module")
def run_live(canary: Canary, eyes: Eyes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trace, Path]:
    """A booth that has learned noise, so that everybody is an exception, and goes on learning from who passes."""
    folder, rng = tmp_path_factory.mktemp("live"), np.random.default_rng(3)
    noise = {name: rng.random((120, length), np.float32) for name, length in MEASURES.items()}
    save_bank(learn_bank(noise, VERSION), folder / "state" / KEPT)
    settings = {
        "camera": {"source": str(canary.video)},
        "folders": {"state": str(folder / "state"), "runtime": str(folder / "run")},
    }
    (folder / "booth.yaml").write_text(json.dumps(settings))
    command = booth("run", "vision", "--config", str(folder / "booth.yaml"))
    return trace(require_strace(), command, folder.parent / "live.strace", folder), folder


def test_the_search_finds_a_picture_that_is_there(canary: Canary) -> None:
    camera = CpuCamera(Camera(source=str(canary.video)), live=False)
    frame = camera.take(10)
    assert frame is not None
    assert found_in(canary, b"text " + frame.pixels[300:301].tobytes()) == "pixels"
    assert found_in(canary, b"text " + frame.pixels[301:302, :, ::-1].tobytes()) == "pixels"
    assert found_in(canary, b"\xff\xd8\xff\xe0") == "JPEG"
    assert found_in(canary, b"a line of text, and not a short one at that") == ""
    camera.close()


def test_a_replay_writes_events_and_boxes_only(replayed: tuple[Trace, Path], canary: Canary) -> None:
    seen, folder = replayed
    assert seen.code == 0, seen.errors
    assert sorted(path.name for path in folder.rglob("*")) == ["events.jsonl", "tracks.txt"]
    events = (folder / "events.jsonl").read_bytes().splitlines()
    assert events, "nobody was spotted, so nothing was put to the test"
    for event in events:
        event_from_payload(event)
    for row in (folder / "tracks.txt").read_text().splitlines():
        assert len([float(figure) for figure in row.split(",")]) == 10


def test_no_write_of_a_replay_holds_a_piece_of_a_picture(
    replayed: tuple[Trace, Path], canary: Canary
) -> None:
    seen, _ = replayed
    assert sum(map(len, seen.written)) > 1000
    for content in seen.written:
        assert found_in(canary, content) == ""
    for path in seen.opened:
        if path.is_file():
            assert found_in(canary, path.read_bytes()) == "", path


def test_a_replay_opens_no_socket_to_the_world(replayed: tuple[Trace, Path]) -> None:
    assert replayed[0].families <= {"AF_UNIX"}


def test_vision_writes_vitals_the_outbox_the_logbook_and_its_bank_only(
    run_live: tuple[Trace, Path], canary: Canary
) -> None:
    seen, folder = run_live
    assert seen.code == 0, seen.errors
    left = {path.name for path in folder.rglob("*") if path.is_file()}
    # Where this machine's clock is set, the ledger of the trends begins.
    may = {"outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.sqlite.lock", "ledger.jsonl"}
    assert left - may == {
        KEPT,
        "booth.yaml",
        "dead-man.json",
        "logbook.jsonl",
        "logbook.lock",
        "outbox.sqlite",
        "trends.tally",
        "vision.json",
    }
    ours = [path for path in seen.opened if path.is_relative_to(folder)]
    assert {path.name.split(".")[0] or path.name.split(".")[1] for path in ours} - {"ledger"} == {
        "logbook",
        "outbox",
        "vision",
        "street",
        "trends",
        "dead-man",
    }


def test_no_write_of_vision_holds_a_piece_of_a_picture(run_live: tuple[Trace, Path], canary: Canary) -> None:
    seen, folder = run_live
    assert seen.written
    for content in seen.written:
        assert found_in(canary, content) == ""
    for path in {*seen.opened, *folder.rglob("*")}:
        if path.is_file():
            assert found_in(canary, path.read_bytes()) == "", path


def test_vision_has_learned_from_who_passed(run_live: tuple[Trace, Path]) -> None:
    """Or nothing of what it writes of them was put to the test."""
    assert load_bank(run_live[1] / "state" / KEPT, VERSION).passages > 120


def test_vision_opens_no_socket_to_the_world(run_live: tuple[Trace, Path]) -> None:
    assert run_live[0].families <= {"AF_UNIX"}


def test_without_a_technician_no_view_of_the_street_is_made(run_live: tuple[Trace, Path]) -> None:
    assert not [content for content in run_live[0].written if b"view/" in content]


def test_the_outbox_holds_events_of_the_closed_schema_only(run_live: tuple[Trace, Path]) -> None:
    base = sqlite3.connect(run_live[1] / "state/outbox.sqlite")
    rows = base.execute("SELECT kind, payload FROM messages").fetchall()
    base.close()
    assert rows, "nobody was spotted, so nothing was put to the test"
    for kind, payload in rows:
        assert kind == "exception"
        event_from_payload(payload)


def test_vitals_tell_states_and_counts_only(run_live: tuple[Trace, Path]) -> None:
    vitals = json.loads((run_live[1] / "run/vision.json").read_text())
    assert set(vitals) <= STATES | COUNTS | MACHINE
    assert vitals["passages"] > 0
    for key, value in vitals.items():
        assert isinstance(value, str if key in STATES else (int, float)), key
        assert len(str(value)) < 200


def test_every_other_file_that_was_opened_is_none_of_ours(
    run_live: tuple[Trace, Path], replayed: tuple[Trace, Path]
) -> None:
    for seen, folder in (run_live, replayed):
        outside = {path for path in seen.opened if not path.is_relative_to(folder)}
        kept = {path for path in outside if path.is_file() and not path.is_relative_to("/dev")}
        assert not {path for path in kept if path.suffix != ".pyc"}, outside
