"""Files that root reads in folders where the booth's processes write: none can hold root up, or make it fall."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.errors import BoothError
from appliance.health.notices import file_of, told
from appliance.health.rescued import FILE as STEPS
from appliance.health.rescued import steps_taken
from appliance.health.vitals import read_vitals, write_vitals
from appliance.logbook import record
from appliance.logbook.book import LOCK
from appliance.logbook.chain import FILE
from appliance.uplink.outbox import OUTBOX
from appliance.uplink.outbox_file import inode, open_file

PATIENCE_S = 10.0


def ends(work: Callable[[], object]) -> list[object]:
    """What `work` returns, in a list; an empty one where it waits for somebody."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return found


def test_figures_that_are_a_pipe_are_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "vision.json")
    assert ends(lambda: read_vitals(tmp_path, "vision")) == [None]


@pytest.mark.parametrize("content", ["[" * 100_000, '{"written_s": 1, "x": "' + "x" * 5_000_000 + '"}'])
def test_figures_that_are_deep_or_endless_are_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "vision.json").write_text(content)
    assert read_vitals(tmp_path, "vision", 1.0) is None


def test_figures_behind_a_link_are_none(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text('{"written_s": 1}')
    (tmp_path / "vision.json").symlink_to(tmp_path / "elsewhere")
    assert read_vitals(tmp_path, "vision", 1.0) is None


def test_figures_are_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "bank").write_text("learned")
    (tmp_path / f".vision.json.{os.getpid()}").symlink_to(tmp_path / "bank")
    write_vitals(tmp_path, "vision", {"state": "running"}, 1.0)
    assert (tmp_path / "bank").read_text() == "learned"
    assert read_vitals(tmp_path, "vision", 1.0) == {"state": "running", "written_s": 1.0}


def test_steps_of_the_rescue_that_are_a_pipe_count_as_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / STEPS)
    assert ends(lambda: steps_taken(tmp_path)) == [1]


def test_an_outbox_is_locked_through_no_link_and_no_pipe(tmp_path: Path) -> None:
    (tmp_path / "bank").write_text("learned")
    (tmp_path / f"{OUTBOX}.lock").symlink_to(tmp_path / "bank")
    with pytest.raises(BoothError, match=OUTBOX):
        open_file(tmp_path / OUTBOX)
    assert (tmp_path / "bank").read_text() == "learned"
    (tmp_path / f"{OUTBOX}.lock").unlink()
    os.mkfifo(tmp_path / f"{OUTBOX}.lock")
    assert ends(lambda: open_file(tmp_path / OUTBOX).inode) == [inode(tmp_path / OUTBOX)]


def test_a_notice_that_is_a_pipe_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(file_of(tmp_path, "update"))
    assert ends(lambda: told(tmp_path, "update")) == ["unknown: notice-update.json cannot be read"]


@pytest.mark.parametrize("name", [FILE, LOCK])
def test_a_logbook_of_pipes_takes_no_line_and_holds_nobody_up(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert ends(lambda: record(tmp_path, "update", "update", "kept 0.2.0")) == [name == LOCK]
