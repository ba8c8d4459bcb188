"""The demo's lesson: learnt once per file, never half, and stopped on demand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.demo.lesson import LessonError, bank_place, check_source, is_file_source, learn
from appliance.errors import BoothError

WRITE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('bank')"
FAIL = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('half'); sys.exit(1)"
LINGER = "import time; time.sleep(60)"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "booth" / "demo"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.avi"
    path.write_bytes(b"frames")
    return path


def teacher(code: str, lessons: list[str] | None = None) -> Callable[[str, Path], tuple[str, ...]]:
    def command(source: str, bank: Path) -> tuple[str, ...]:
        if lessons is not None:
            lessons.append(source)
        return (sys.executable, "-c", code, str(bank))

    return command


def never() -> bool:
    return False


def test_a_file_is_learnt_once(clip: Path) -> None:
    lessons: list[str] = []
    first = learn(str(clip), teacher(WRITE, lessons), never, Path.is_file)
    assert first is not None
    assert first.read_text() == "bank"
    assert learn(str(clip), teacher(WRITE, lessons), never, Path.is_file) == first
    assert lessons == [str(clip)]


def test_a_kept_bank_that_cannot_be_read_is_learnt_anew(clip: Path) -> None:
    lessons: list[str] = []
    for _ in range(2):
        learn(str(clip), teacher(WRITE, lessons), never)
    assert len(lessons) == 2


def test_a_changed_file_or_descriptor_is_learnt_anew(clip: Path) -> None:
    before = bank_place(clip, "descriptor/1")
    assert bank_place(clip, "descriptor/1") == before
    assert bank_place(clip, "descriptor/2") != before
    os.utime(clip, ns=(1, 1))
    assert bank_place(clip, "descriptor/1") != before


def test_a_failed_lesson_leaves_no_bank(clip: Path, cache: Path) -> None:
    with pytest.raises(LessonError):
        learn(str(clip), teacher(FAIL), never)
    assert list(cache.iterdir()) == []


def test_a_stopped_lesson_leaves_no_bank_and_is_no_error(clip: Path, cache: Path) -> None:
    assert learn(str(clip), teacher(LINGER), lambda: True) is None
    assert list(cache.iterdir()) == []


def test_a_missing_file_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(BoothError, match=r"gone\.avi: no such file; name a video"):
        check_source(str(tmp_path / "gone.avi"))
    with pytest.raises(BoothError, match="is a folder"):
        check_source(str(tmp_path))


@pytest.mark.parametrize("source", ["rtsp://camera/1", "v4l2:/dev/video0", "csi:0", "test:"])
def test_a_camera_is_no_file(source: str) -> None:
    assert not is_file_source(source)
    assert check_source(source) == source


def test_a_file_gets_its_full_path(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    assert check_source("clip.avi") == str(clip)
