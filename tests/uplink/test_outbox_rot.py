"""An outbox whose bytes rot: a usable one follows, what is sound of it goes on, and no wrong payload is given."""

from __future__ import annotations

import logging
import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.uplink.outbox import Outbox
from tests.uplink.builders import CLOCK
from tests.uplink.crash.life import number_of, payload_of

NAME = "outbox.sqlite"
PAGE = 4096


@pytest.mark.parametrize("damage", [b"no database at all" * 300, b"SQLite format 3\x00" + os.urandom(9000)])
def test_a_damaged_file_is_set_aside_and_a_new_one_started(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "outbox.sqlite"
    file.write_bytes(damage)
    outbox = Outbox(file)
    assert outbox.add("exception", b"a")
    assert [row.payload for row in outbox.batch(9)] == [b"a"]
    assert (tmp_path / "outbox.sqlite.corrupt-1").read_bytes() == damage


def test_another_programs_database_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "outbox.sqlite"
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE theirs (value)")
    base.close()
    assert Outbox(file).add("exception", b"a")
    assert (tmp_path / "outbox.sqlite.corrupt-1").is_file()


def test_of_an_outbox_damaged_again_and_again_the_newest_three_are_kept(tmp_path: Path) -> None:
    file = tmp_path / NAME
    for number in range(12):
        file.write_bytes(b"rubbish %d" % number * 1000)
        Outbox(file).close()
    kept = [f"{NAME}.corrupt-{number}" for number in (10, 11, 12)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([NAME, f"{NAME}.lock", *kept])
    assert (tmp_path / kept[-1]).read_bytes().startswith(b"rubbish 11")


def test_pages_that_rot_at_work_cost_the_old_rows_and_no_new_ones(tmp_path: Path) -> None:
    file = tmp_path / "outbox.sqlite"
    writer = Outbox(file)
    for _ in range(50):
        writer.add("exception", b"x" * 400)
    writer.close()
    writer = Outbox(file)
    assert writer.rows() == 50
    with file.open("r+b") as rotten:
        rotten.write(os.urandom(file.stat().st_size))
    drainer = Outbox(file)
    assert drainer.batch(9) == []
    assert writer.add("exception", b"after")
    assert [row.payload for row in drainer.batch(9)] == [b"after"]
    assert (tmp_path / "outbox.sqlite.corrupt-1").is_file()


def filled(folder: Path, numbers: range) -> Path:
    """A closed outbox with these messages."""
    outbox = Outbox(folder / NAME)
    for number in numbers:
        assert outbox.add("exception", payload_of(number))
    outbox.close()
    return outbox.file


def contents(outbox: Outbox) -> list[int]:
    return [number_of(row.payload) for row in outbox.batch(1000)]


def test_sound_rows_of_a_rotten_file_are_taken_over_and_the_others_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = filled(tmp_path, range(100))
    rotten = bytearray(file.read_bytes())
    start = rotten.index(payload_of(50)) // PAGE * PAGE
    rotten[start : start + PAGE] = random.Random(1).randbytes(PAGE)
    file.write_bytes(rotten)
    outbox = Outbox(file)
    found = contents(outbox)
    assert found == sorted(found)
    assert 80 < len(found) < 100
    assert 50 not in found
    assert (outbox.rows(), outbox.dropped()) == (len(found), 100 - len(found))
    assert outbox.add("exception", payload_of(100))
    assert contents(outbox) == [*found, 100]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert "message" not in caplog.records[0].getMessage()
    assert f"{len(found)} messages taken over from {NAME}.corrupt-1, {100 - len(found)} lost" in caplog.text


def test_a_row_that_rotted_in_a_sound_file_is_not_given_but_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = filled(tmp_path, range(10))
    file.write_bytes(file.read_bytes().replace(payload_of(4), payload_of(9)))
    outbox = Outbox(file)
    assert contents(outbox) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert (outbox.rows(), outbox.dropped(), outbox.fault) == (9, 1, "")
    assert contents(outbox) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert caplog.text.count("1 messages in") == 1
    assert payload_of(4)[:9].decode() not in caplog.text


def test_sound_rows_behind_many_rotten_ones_are_found(tmp_path: Path) -> None:
    file = filled(tmp_path, range(10))
    rotten = file.read_bytes()
    for number in range(8):
        rotten = rotten.replace(payload_of(number), payload_of(9))
    file.write_bytes(rotten)
    outbox = Outbox(file)
    assert [number_of(row.payload) for row in outbox.batch(3)] == [8]
    assert outbox.dropped() == 8


def test_figures_that_rotted_are_counted_anew_and_drop_nothing(tmp_path: Path) -> None:
    file = filled(tmp_path, range(10))
    with sqlite3.connect(file) as base:
        base.execute("UPDATE figures SET rows = 1000000, bytes = 5")
    base.close()
    outbox = Outbox(file)
    assert outbox.add("exception", payload_of(10))
    assert contents(outbox) == list(range(11))
    assert (outbox.rows(), outbox.waiting_bytes()) == (11, sum(len(payload_of(n)) for n in range(11)))


def test_a_file_that_a_kill_parted_from_its_log_comes_together_again(tmp_path: Path) -> None:
    """The kill hit set_aside() between its renames; most rows are in the log."""
    outbox = Outbox(tmp_path / "alive" / NAME)
    for number in range(20):
        outbox.add("exception", payload_of(number))
    shutil.copytree(tmp_path / "alive", tmp_path / "dead")
    outbox.close()
    file = tmp_path / "dead" / NAME
    file.rename(tmp_path / "dead" / f"{NAME}.damaged")
    assert contents(Outbox(file)) == list(range(20))


def test_what_a_full_disk_keeps_from_being_taken_over_is_taken_over_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled(tmp_path, range(10))
    file.rename(tmp_path / f"{NAME}.damaged")
    with monkeypatch.context() as patch:
        patch.setattr("appliance.uplink.outbox_aside.ADD", "INSERT INTO nowhere VALUES (?, ?, ?, ?)")
        outbox = Outbox(file)
        assert contents(outbox) == []
        assert outbox.add("exception", payload_of(10))
    assert outbox.tend(CLOCK)
    assert sorted(contents(outbox)) == list(range(11)), "without a new start"


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    spans=st.lists(st.tuples(st.floats(0, 1), st.sampled_from([1, 8, 512, PAGE])), min_size=1, max_size=6),
    alive=st.booleans(),
    in_log=st.booleans(),
    cut=st.none() | st.floats(0.05, 1),
)
def test_rot_anywhere_ends_in_a_usable_outbox(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    spans: list[tuple[float, int]],
    alive: bool,
    in_log: bool,
    cut: float | None,
) -> None:
    """In the file or its log, in an open one or a closed one; what is given was added, and comes once."""
    folder = tmp_path_factory.mktemp("rot")
    file = filled(folder, range(30))
    writer, drainer = Outbox(file), Outbox(file)
    for number in range(30, 60):
        assert writer.add("exception", payload_of(number))
    target = folder / (NAME + "-wal") if in_log else file
    if not alive:
        shutil.copytree(folder, folder.with_name(folder.name + "-dead"))
        for outbox in (writer, drainer):
            outbox.close()
        file = folder.with_name(folder.name + "-dead") / NAME
        target = file.with_name(target.name)
    rot(target, random.Random(seed), spans, cut)
    if not alive:
        writer, drainer = Outbox(file), Outbox(file)
    first = contents(drainer)
    assert writer.add("exception", payload_of(60))
    assert drainer.batch(1)
    for outbox in (drainer, writer, Outbox(file)):
        found = contents(outbox)
        assert found[-1] == 60
        assert len(found) == len(set(found))
        assert set(found) <= set(range(61))
        assert outbox.fault == ""
        assert outbox.rows() == len(found)
        outbox.close()
    assert set(first) <= set(range(60))


def rot(target: Path, rng: random.Random, spans: list[tuple[float, int]], cut: float | None) -> None:
    """Overwrite spans of a file in place, cut it short perhaps."""
    # Not to nothing: an open file of no bytes is locked until whoever has it open looks at it again.
    size = target.stat().st_size
    with target.open("r+b") as rotten:
        for place, length in spans:
            rotten.seek(int(place * (size - 1)) // length * length)
            rotten.write(rng.randbytes(length))
        if cut is not None:
            rotten.truncate(int(cut * size))
