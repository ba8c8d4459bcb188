"""Durable files: what is on disk is the old content or the new, and the new once it was said to be."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from appliance.disk import write_durably
from appliance.errors import BoothError

CURE = "free some space"


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "new" / "deep" / "file"
    for content in (b"old", b"new", b""):
        write_durably(file, content, CURE)
        assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir()] == ["file"]


def test_the_content_is_on_disk_before_the_name_and_the_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        done.append("folder" if os.path.samestat(os.fstat(descriptor), tmp_path.stat()) else "content")
        real_sync(descriptor)

    def replace(self: Path, target: Any) -> Path:
        done.append("name")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    write_durably(tmp_path / "file", b"here", CURE)
    assert done == ["content", "name", "folder"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_the_old_file_and_names_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write_durably(tmp_path / "file", b"old", CURE)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, refuse)
    with pytest.raises(BoothError, match=f"file: No space left on device; {CURE}"):
        write_durably(tmp_path / "file", b"new", CURE)
    monkeypatch.undo()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
