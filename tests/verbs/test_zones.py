"""`booth zones`: a real street played, and one line for what cannot be played or written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.app import Eyes
from appliance.errors import SourceError
from appliance.records import Tracks
from appliance.verbs.playback import Played
from appliance.vision.pipeline import Step
from tests.command import Done, booth, loaded, remembering
from tests.pages import read
from tests.streets import tracks

ZONES = """
capture:
  zones:
    - {name: all-of-it, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}
    - {name: roof, polygon: [[0, 0], [0.1, 0], [0.1, 0.05], [0, 0.05]]}
    - {name: sky, kind: opt-out, polygon: [[0, 0], [1, 0], [1, 0.05], [0, 0.05]]}
"""
PEOPLE = 40
SIZE = (1000, 500)


class Stage:
    """PEOPLE who cross the middle one after the other; Ctrl-C can be pressed at one of them."""

    pressed_at: int | None = None
    seconds = 0.0

    def play(self, settings: Any, eyes: Any, judge: Any, excerpt: Any) -> Iterator[Played]:
        self.seconds = excerpt.seconds
        for person in range(PEOPLE):
            if person == self.pressed_at:
                raise KeyboardInterrupt
            x = 300 + person % 20
            yield played(person, tracks({person + 1: (x, 100, x + 40, 300)}, (person,)))


def played(index: int, seen: Tracks) -> Played:
    pipeline: Any = None
    return Played(index, float(index), SIZE, Step(seen, [], [], "", 1), pipeline)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr("appliance.verbs.zones.load_eyes", lambda _: None)
    monkeypatch.setattr("appliance.verbs.zones.play", made.play)
    return made


def failed(done: Done, *words: str) -> bool:
    """Whether it ended with exit code 1 and one line that has these words."""
    return done.code == 1 and done.err.count("\n") == 1 and all(word in done.err for word in words)


def test_a_real_street_is_counted(small_eyes: Eyes, street_video: Path, tmp_path: Path) -> None:
    config, page = tmp_path / "booth.yaml", tmp_path / "plan.html"
    config.write_text(ZONES)
    with loaded(remembering(small_eyes, every=4)):
        done = booth("zones", street_video, "--config", config, "--report", page, "--minutes", 0.4, "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["picture"] == [768, 576]
    assert told["passages"] >= 10
    inside, roof, sky, street = told["zones"]
    assert roof["passages"] == 0
    assert inside["passages"] == told["passages"]
    assert (sky["passages"], street["passages"]) == (None, 0)
    assert read(page.read_text()).tags.count("polygon") == 3


def test_people_read_a_table_findings_and_lines_to_paste(stage: Stage, tmp_path: Path) -> None:
    done = booth("zones", "test:", "--report", tmp_path / "new" / "plan.html")
    assert done.code == 0
    assert f"{PEOPLE} passages in 0.7 minutes" in done.out
    assert "share of all" in done.out
    assert "nothing to mend" in done.out
    assert "    - {name: pavement, kind: scored, polygon: [[" in done.out
    assert "written: " in done.err
    assert (tmp_path / "new" / "plan.html").exists()


def test_findings_come_with_their_cure(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "booth.yaml").write_text(ZONES)
    done = booth("zones", "test:", "--config", tmp_path / "booth.yaml")
    assert "- zone roof: nobody of 40 passages entered it\n  -> check its corners" in done.out
    assert "pavement" not in done.out


def test_ctrl_c_ends_the_watch_and_what_came_before_is_told(stage: Stage) -> None:
    stage.pressed_at = 35
    done = booth("zones", "v4l2:/dev/video0", "--minutes", 60)
    assert (done.code, stage.seconds) == (0, 3600)
    assert "v4l2:/dev/video0: stopped; what came before was used" in done.err
    assert done.out.startswith("35 passages")


@pytest.mark.parametrize("camera", ["v4l2:/dev/video0", "rtsp://camera/1", "csi:0"])
def test_a_camera_needs_to_know_how_long(stage: Stage, camera: str) -> None:
    done = booth("zones", camera)
    assert done.code == 2
    assert "--minutes" in done.err


def test_a_page_that_cannot_be_written_is_told_before_anything_is_played(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> Iterator[Played]:
        raise AssertionError("it was played")

    monkeypatch.setattr("appliance.verbs.zones.play", never)
    (tmp_path / "file").write_text("")
    for page in (tmp_path / "file" / "plan.html", tmp_path):
        assert failed(booth("zones", "test:", "--report", page), str(page), "name a file in a folder")


def test_photos_and_folders_show_nobody_walking(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    for source in (tmp_path, tmp_path / "photo.jpg"):
        assert failed(booth("zones", source), str(source), "name a video or a camera")


def test_a_file_that_is_not_there_is_told(small_eyes: Eyes, tmp_path: Path) -> None:
    with loaded(small_eyes):
        assert failed(booth("zones", tmp_path / "none.mp4"), "none.mp4: no such file")


def test_a_broken_source_leaves_no_page(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Iterator[Played]:
        raise SourceError("street.mp4: broken; make it anew")

    monkeypatch.setattr("appliance.verbs.zones.play", broken)
    done = booth("zones", "street.mp4", "--report", tmp_path / "plan.html")
    assert failed(done, "street.mp4: broken")
    assert not list(tmp_path.iterdir())
