"""Writing the logbook: three processes, kill -9, power cuts, a full disk; the chain is whole afterwards."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance.config import Settings
from appliance.health.clock import Clock
from appliance.logbook import book, head_words, record
from appliance.logbook.book import LOCK
from appliance.logbook.chain import FILE, OLDER, faults_of, files_of, head_of, links_of
from appliance.logbook.notes import DAY_S, RETRY_S, Notes
from appliance.update.words import say
from appliance.verbs.noting import config_id, law_id

WRITER = Path(__file__).parent / "writer.py"
ROOT = Path(__file__).parents[2]
CLOCK = Clock(1_795_000_000.0, synced=True)
MODES = ("open-street", "opt-in-zone")


def start(state: Path, by: str, count: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(WRITER), str(state), by, str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_three_who_write_at_once_make_one_chain(tmp_path: Path) -> None:
    writers = [start(tmp_path, by, 40) for by in ("vision", "uplink", "provision")]
    for writer in writers:
        out, _ = writer.communicate(timeout=120)
        assert len(out.split()) == 40
    assert faults_of(tmp_path) == []
    assert {link.entry.by for link in links_of(tmp_path) if link.entry} == {"vision", "uplink", "provision"}
    assert head_of(tmp_path).n > 40


def test_kill_9_in_the_middle_never_breaks_the_chain(tmp_path: Path) -> None:
    seconds = random.Random(7)
    for _ in range(6):
        before = head_of(tmp_path).n
        writer = start(tmp_path, "vision", 1_000_000)
        assert writer.stdout is not None
        assert writer.stdout.readline()
        time.sleep(seconds.uniform(0.0, 0.15))
        writer.kill()
        told = 1 + len(writer.stdout.read().split())
        writer.wait()
        # What was acknowledged is there; one more may be, whose writer died before it could say so.
        assert head_of(tmp_path).n - before in (told, told + 1)
        assert record(tmp_path, "uplink", "bank", f"{before:012x}")
    kinds = [link.entry.kind for link in links_of(tmp_path) if link.entry]
    assert faults_of(tmp_path) == []
    assert set(kinds) <= {"remote", "bank", "torn"}


def test_a_last_line_torn_anywhere_is_cut_off_and_an_entry_says_so(tmp_path: Path) -> None:
    for mode in MODES:
        record(tmp_path, "vision", "mode", mode, CLOCK)
    content = (tmp_path / FILE).read_bytes()
    first = content.index(b"\n") + 1
    for cut in range(first, len(content)):
        (tmp_path / FILE).write_bytes(content[:cut])
        assert record(tmp_path, "vision", "model", "none", CLOCK)
        entries = [link.entry for link in links_of(tmp_path) if link.entry]
        told = [(entry.kind, entry.now) for entry in entries[1:]]
        torn = [("torn", f"{cut - first} bytes cut off")] if cut > first else []
        assert told == [*torn, ("model", "none")]
        assert faults_of(tmp_path) == []


@pytest.mark.parametrize("rubbish", [b"\0" * 5000, b"x" * 3000, b"{" * 10])
def test_rubbish_without_an_end_is_cut_off_too(tmp_path: Path, rubbish: bytes) -> None:
    record(tmp_path, "vision", "mode", "open-street", CLOCK)
    with (tmp_path / FILE).open("ab") as file:
        file.write(rubbish)
    assert faults_of(tmp_path) == [
        f"{FILE}:2: {len(rubbish)} bytes without an end: torn by a power cut, or changed"
    ]
    assert record(tmp_path, "vision", "model", "none", CLOCK)
    assert faults_of(tmp_path) == []
    assert head_of(tmp_path).n == 3


def test_a_line_that_was_changed_stays_as_evidence_and_writing_goes_on(tmp_path: Path) -> None:
    for mode in MODES:
        record(tmp_path, "vision", "mode", mode, CLOCK)
    content = (tmp_path / FILE).read_bytes().replace(b'"now":"opt-in-zone"', b'"now":"open-street"')
    (tmp_path / FILE).write_bytes(content)
    assert record(tmp_path, "vision", "model", "none", CLOCK)
    assert (tmp_path / FILE).read_bytes().startswith(content)
    assert faults_of(tmp_path) == [f"{FILE}:2: its hash does not fit"]
    assert head_of(tmp_path).n == 3


def test_a_full_disk_stops_nobody_and_leaves_no_half_line(tmp_path: Path) -> None:
    record(tmp_path, "vision", "mode", "open-street", CLOCK)
    size = (tmp_path / FILE).stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A limit of the file's size stands for the disk: a write that crosses it is cut short, the next one refused.
    for room in (0, 1, 100):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, hard))
        try:
            assert not record(tmp_path, "vision", "mode", "opt-in-zone", CLOCK)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (tmp_path / FILE).stat().st_size == size
    assert record(tmp_path, "vision", "mode", "opt-in-zone", CLOCK)
    assert faults_of(tmp_path) == []


def test_a_folder_that_cannot_be_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"")
    assert not record(tmp_path / "state", "vision", "mode", "open-street", CLOCK)
    assert head_words(tmp_path / "state").startswith(("none", "cannot be read"))


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"")
    (tmp_path / FILE).symlink_to(tmp_path / "target")
    assert not record(tmp_path, "vision", "mode", "open-street", CLOCK)
    assert (tmp_path / "target").read_bytes() == b""


def test_a_lock_that_is_held_for_too_long_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "PATIENCE_S", 0.05)
    with book.locked(tmp_path):
        assert not record(tmp_path, "vision", "mode", "open-street", CLOCK)
    assert record(tmp_path, "vision", "mode", "open-street", CLOCK)


def test_the_whole_group_may_write_whatever_the_umask_of_whoever_came_first(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        record(tmp_path, "provision", "provision", "reset", CLOCK)
    finally:
        os.umask(before)
    for name in (FILE, LOCK):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o660


def test_it_is_bounded_and_the_chain_goes_on_across_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "MOST_BYTES", 2000)
    for number in range(60):
        assert record(tmp_path, "vision", "mode", MODES[number % 2], CLOCK)
        assert faults_of(tmp_path) == []
        assert sum(file.stat().st_size for file in files_of(tmp_path)) < 4 * (2000 + 512)
    assert [file.name for file in files_of(tmp_path)] == [*reversed(OLDER), FILE]
    assert head_of(tmp_path).n == 60
    first = next(links_of(tmp_path)).entry
    assert first is not None
    assert first.n > 1
    (tmp_path / OLDER[1]).unlink()
    assert "lines were taken out or put in" in faults_of(tmp_path)[0]


def test_a_crash_between_two_files_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_BYTES", 10)
    record(tmp_path, "vision", "mode", "open-street", CLOCK)
    book.rotate(tmp_path)
    assert not (tmp_path / FILE).exists()
    assert head_words(tmp_path).startswith("1:")
    record(tmp_path, "vision", "mode", "opt-in-zone", CLOCK)
    assert head_of(tmp_path).n == 2
    assert faults_of(tmp_path) == []


def test_what_a_disk_refused_is_written_when_it_takes_it_again(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_bytes(b"")
    notes = Notes(blocked, "vision")
    notes.note("mode", "open-street")
    notes.tend(0.0)
    notes.note("mode", "opt-in-zone")
    blocked.unlink()
    notes.tend(RETRY_S - 1)
    assert head_words(blocked) == "none"
    notes.tend(RETRY_S)
    assert [link.entry.now for link in links_of(blocked) if link.entry] == ["opt-in-zone"]


def test_banks_that_are_learned_fill_no_logbook(tmp_path: Path) -> None:
    notes = Notes(tmp_path, "vision")
    for minute in range(3 * 24 * 12):
        notes.note("bank", f"{minute:012x}")
        notes.tend(300.0 * minute)
    assert head_of(tmp_path).n == 3
    notes.tend(3 * DAY_S)
    assert head_of(tmp_path).n == 4


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("trying 0.2.0 (boot 2)", "trying 0.2.0"),
        ("kept 0.2.0", "kept 0.2.0"),
        ("rolled back 0.2.0: no frame for 300 s at http://anna.example", "reverted"),
        ("refused (wrong-key): signed by a key that nobody knows", "refused"),
        ("downloading 0.2.0", ""),
        ("none", ""),
    ],
)
def test_of_an_update_the_logbook_has_step_and_version(tmp_path: Path, words: str, change: str) -> None:
    say(tmp_path, words)
    assert [link.entry.now for link in links_of(tmp_path) if link.entry] == ([change] if change else [])


def test_the_id_of_the_settings_tells_of_every_key_but_the_cameras_address() -> None:
    settings = Settings()
    other = Settings.model_validate({"camera": {"source": "rtsp://admin:hunter2@10.0.0.3/x"}})
    assert config_id(settings) == config_id(other)
    assert config_id(Settings.model_validate({"camera": {"width": 640}})) != config_id(settings)
    signed = {"assessment": "/a.md", "assessment_sha256": "ab" * 32}
    assert law_id(Settings.model_validate({"booth": {"city": "madrid"}, "law": signed})) == "es abababababab"
