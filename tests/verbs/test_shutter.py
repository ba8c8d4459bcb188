"""A pause: the camera closes at once, and whoever was in view is forgotten."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.config import Folders
from appliance.errors import SourceError
from appliance.health.armed import UPLINK as UPLINK_ACT
from appliance.health.armed import arm
from appliance.health.breaks import pause_for
from appliance.health.moment import moment_at
from appliance.health.pause import DISPLAY, OPERATOR, PASSER_BY, pause, resume, write_pauses
from appliance.health.pause import UPLINK as PAUSE_FILE
from appliance.health.term import Term
from appliance.logbook.chain import links_of
from appliance.records import Frame
from appliance.verbs.figures import Figures
from appliance.verbs.shutter import Shutter
from appliance.vision.pipeline import Step
from tests.fakes import Deliver, End, FakeCamera, FakeClock, FakePipeline, Freeze
from tests.streets import passage, random_measures
from tests.verbs.booth import FILE, Booth, paused_from


def test_a_pause_closes_the_camera_at_once_and_forgets_who_is_in_view(booth: Booth) -> None:
    booth.pipeline = FakePipeline(at_the_end=1)
    paused_from(booth, 1005.0, 1060.0)
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=80)
    assert booth.states() == ["running", "paused", "starting", "running", "stopped"]
    looked_s = [seen.captured_s for seen in booth.pipeline.seen]
    assert not [at_s for at_s in looked_s if 1005.2 < at_s < 1060]
    assert [camera.closed for camera in booth.cameras] == [1, 1]
    assert 1060 <= booth.opened_s[1] < 1060.3
    assert booth.pipeline.forgotten >= 1
    assert len(booth.events()) == booth.told[-1]["passages"] == 1, "only who was in view at the end"
    paused = [vitals for vitals in booth.told if vitals.get("state") == "paused"]
    assert 1005 < paused[0]["written_s"] < 1005.3
    assert {(vitals["reason"], vitals["camera"], vitals["people"]) for vitals in paused} == {
        ("paused by operator", "paused", 0)
    }
    assert len(paused) > 50, "a paused booth is not a silent one"


def test_a_booth_that_nobody_arms_closes_its_camera_until_somebody_does(booth: Booth) -> None:
    booth.capture = {"rearm_h": 0.01}
    booth.clock.at(1050.0, lambda: arm(booth.state / UPLINK_ACT, moment_at(1050.0)))
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=70)
    assert booth.states() == ["running", "paused", "starting", "running", "stopped"]
    paused = next(vitals for vitals in booth.told if vitals.get("state") == "paused")
    assert 1036 <= paused["written_s"] < 1038
    assert paused["reason"].startswith("dead-man: nobody armed the booth for 0.01 h")
    assert 1050 <= booth.opened_s[1] < 1052
    kept = [link.entry.now for link in links_of(booth.state) if link.entry and link.entry.kind == "pause"]
    assert kept == ["none", "dead-man", "none"]


def test_the_logbook_has_who_closed_the_camera_and_when_it_opened(booth: Booth) -> None:
    paused_from(booth, 1005.0, 1020.0)
    for from_s, owner in ((1010.0, "schedule"), (1012.0, "Jane at the till")):
        booth.clock.at(from_s, partial(pause, booth.state, owner, "2026-11-22T17:01:00Z"))
    booth.clock.at(1025.0, lambda: [resume(booth.state, owner) for owner in ("schedule", "Jane at the till")])
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=80)
    entries = [link.entry for link in links_of(booth.state) if link.entry]
    assert [(entry.by, entry.now) for entry in entries if entry.kind == "pause"] == [
        ("vision", now)
        for now in (
            "none",
            "operator",
            "operator,schedule",
            "operator,other,schedule",
            "other,schedule",
            "none",
        )
    ]


def test_even_the_shortest_pause_forgets_who_is_in_view(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: list[str] = []
    monkeypatch.setattr("appliance.verbs.shutter.paused_by", lambda *_: words.pop() if words else "")
    booth.clock.at(1005.0, lambda: words.append("paused by passer-by"))
    booth.look([Deliver(1000)], [Deliver(1000)], stop_s=20)
    assert len(booth.cameras) == 2
    assert booth.pipeline.forgotten == 1


@pytest.mark.parametrize("lives", [([Freeze(1000)], [Freeze(1000)]), [SourceError("cam: gone")] * 100])
def test_a_pause_is_heeded_while_no_frame_comes(booth: Booth, lives: Any) -> None:
    paused_from(booth, 1063.0, 1090.0)
    booth.look(*lives, stop_s=100, first_frame_s=500)
    paused = [vitals for vitals in booth.told if vitals.get("state") == "paused"]
    assert 1063 < paused[0]["written_s"] < 1063.3
    assert not [at_s for at_s in booth.opened_s if 1063.2 < at_s < 1090]
    assert all(camera.closed for camera in booth.cameras)


class Slow(FakePipeline):
    """Its frames take a second each, with a look at the pause every quarter."""

    heed: Callable[[], None]

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.done = 0

    def step(self, seen: Frame) -> Step:
        for _ in range(4):
            self.clock.now_s += 0.25
            self.clock.monotonic()
            self.heed()
        self.done += 1
        return super().step(seen)


def test_a_pause_waits_for_no_slow_frame(booth: Booth) -> None:
    booth.pipeline = slow = Slow(booth.clock)
    booth.clock.at(1005.3, lambda: pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z"))
    booth.look([Deliver(10_000)], stop_s=10)
    (first, *_) = [vitals for vitals in booth.told if vitals.get("state") == "paused"]
    assert first["written_s"] - 1005.3 <= 0.25
    assert slow.done == len(slow.seen) == 4
    assert [camera.closed for camera in booth.cameras] == [1]


def test_a_booth_that_starts_paused_opens_no_camera_until_it_is_resumed(booth: Booth) -> None:
    pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z")
    booth.look([Deliver(10)], stop_s=20)
    assert (booth.opened_s, booth.states()) == ([], ["paused", "stopped"])
    booth.clock.at(booth.clock.now_s + 5, lambda: resume(booth.state, OPERATOR))
    booth.look([Deliver(10), End()], source=FILE)
    assert len(booth.pipeline.seen) == 10


def test_the_pause_of_somebody_there_outlives_the_resume_of_the_operator(booth: Booth) -> None:
    pause(booth.state, "passer-by", "2026-11-22T17:01:00Z")
    paused_from(booth, 1005.0, 1010.0)
    booth.look([Deliver(10)], stop_s=60)
    assert (booth.opened_s, booth.told[-2]["reason"]) == ([], "paused by passer-by")


def test_a_damaged_pause_file_closes_the_camera_and_says_why(booth: Booth) -> None:
    (booth.state / PAUSE_FILE).parent.mkdir(parents=True)
    booth.clock.at(1005.0, lambda: (booth.state / PAUSE_FILE).write_text("{"))
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=60)
    assert booth.states() == ["running", "paused", "stopped"]
    assert "pause.json: no pause/1; paused until somebody there has looked at it" in booth.told[-2]["reason"]


class Forgetful(FakePipeline):
    """Keeps no frame, as the real one."""

    def step(self, seen: Frame) -> Step:
        step = super().step(seen)
        self.seen[-1] = replace(seen)
        return step


def test_no_frame_stays_in_memory_during_a_pause(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.pipeline = Forgetful()
    taken: list[weakref.ref[Frame]] = []
    take = FakeCamera.take

    def noted(self: FakeCamera, timeout_s: float) -> Frame | None:
        frame = take(self, timeout_s)
        taken.extend([weakref.ref(frame)] if frame is not None else [])
        return frame

    monkeypatch.setattr(FakeCamera, "take", noted)
    left: list[int] = []
    booth.clock.at(1005.0, lambda: pause(booth.state, OPERATOR, "2026-11-22T17:01:00Z"))
    booth.clock.at(1006.0, lambda: left.append(sum(frame() is not None for frame in taken)))
    booth.look([Deliver(10_000)], stop_s=10)
    assert len(taken) > len(booth.pipeline.seen) > 40
    assert left == [0]


class Passing(FakePipeline):
    """Somebody passes each second."""

    def step(self, seen: Frame) -> Step:
        step = super().step(seen)
        if len(self.seen) % 10 == 0:
            measures = random_measures(np.random.default_rng(len(self.seen)))
            step.passages.append(passage(len(self.seen), measures))
        return step


def test_who_passed_a_moment_before_a_pause_is_not_learned(booth: Booth) -> None:
    booth.pipeline = Passing()
    paused_from(booth, 1008.05, 1010.0)
    booth.look([Deliver(10_000)], [Deliver(10_000)], stop_s=13.5)
    learned = [vitals["learned"] for vitals in booth.told if "learned" in vitals]
    assert 8 in learned
    assert learned[-1] == 3


@pytest.mark.parametrize("become", ["gone", "shorter", "over"])
def test_a_passer_bys_pause_lasts_to_its_end_whatever_becomes_of_displays_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, become: str
) -> None:
    now_s = 1000.0
    monkeypatch.setattr("appliance.verbs.shutter.read_moment", lambda: moment_at(now_s))
    monkeypatch.setattr("appliance.health.pause.read_moment", lambda: moment_at(now_s))
    folders = Folders(state=tmp_path / "state", runtime=tmp_path / "run")
    shutter = Shutter(folders, Figures(tmp_path / "run"))
    pause_for(folders.state, folders.runtime, PASSER_BY, 15, moment_at(now_s))
    assert shutter.is_wanted()
    for folder in (folders.state, folders.runtime):
        (folder / DISPLAY).unlink(missing_ok=True)
        if become != "gone":
            began_s = now_s if become == "shorter" else now_s - 5000
            write_pauses(folder / DISPLAY, {PASSER_BY: Term(1.0, moment_at(began_s))})
    now_s = 1000 + 899.0
    assert shutter.is_wanted()
    assert shutter._owners() == [PASSER_BY]
    now_s = 1000 + 901.0
    assert not shutter.is_wanted()
