"""The button closes the camera within a fifth of a second: a real process of vision, and a camera that counts reads."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.health.breaks import MINUTES, pause_for
from appliance.health.moment import read_moment
from appliance.health.pause import OPERATOR, PASSER_BY, pause, resume
from appliance.health.vitals import read_vitals

LIMIT_S = 0.2
SHORT_S = 1.0
PRESSES = 5
PATIENCE_S = 20.0
ROOT = Path(__file__).parents[2]


class Vision:
    """The process, and what its camera noted."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state, self.runtime = folder, folder / "state", folder / "run"
        self.child = subprocess.Popen(
            [sys.executable, "-m", "tests.verbs.shuttered", str(folder)], cwd=ROOT, stderr=subprocess.DEVNULL
        )

    def noted(self) -> list[tuple[str, float]]:
        """What happened to the camera, and when; the last line may be half written."""
        try:
            lines = (self.folder / "camera.log").read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [(line.split()[0], float(line.split()[1])) for line in lines]

    def until(self, what: str, after_s: float) -> float:
        """When that happened first after a time."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            found = [at_s for name, at_s in self.noted() if name == what and at_s > after_s]
            if found:
                return found[0]
            time.sleep(0.01)
        raise AssertionError(f"no {what} within {PATIENCE_S} s")

    def press(self, minutes: float = MINUTES) -> float:
        """When the button was pressed."""
        now_s = time.monotonic()
        pause_for(self.state, self.runtime, PASSER_BY, minutes, read_moment())
        return now_s

    def stop(self) -> None:
        (self.folder / "stop").touch()
        self.child.wait(PATIENCE_S)


@pytest.fixture
def vision(tmp_path: Path) -> Iterator[Vision]:
    running = Vision(tmp_path)
    try:
        running.until("read", 0.0)
        yield running
    finally:
        running.stop()


def test_a_press_closes_the_camera_within_a_fifth_of_a_second(vision: Vision) -> None:
    took_s = []
    for _ in range(PRESSES):
        pressed_s = vision.press(SHORT_S / 60)
        closed_s = vision.until("close", pressed_s)
        took_s.append(closed_s - pressed_s)
        time.sleep(0.3)
        assert not [name for name, at_s in vision.noted() if at_s > closed_s], "read or opened while paused"
        vitals = read_vitals(vision.runtime, "vision")
        assert vitals is not None
        assert (vitals["camera"], vitals["reason"]) == ("paused", "paused by passer-by")
        vision.until("read", closed_s)
    # One press may meet a machine that is busy with something else.
    assert sorted(took_s)[-2] < LIMIT_S, took_s


def test_vision_that_is_started_anew_stays_closed_and_opens_by_itself(tmp_path: Path) -> None:
    pause_for(tmp_path / "state", tmp_path / "run", PASSER_BY, 4 / 60, read_moment())
    began_s = time.monotonic()
    pause(tmp_path / "state", OPERATOR, "2026-11-26T09:00:00Z")
    resume(tmp_path / "state", OPERATOR)
    running = Vision(tmp_path)
    try:
        assert running.until("open", 0.0) > began_s + 3.9
    finally:
        running.stop()


def test_a_pause_in_memory_alone_closes_it_too(vision: Vision) -> None:
    (vision.state / "display").write_text("the disk takes nothing here")
    pressed_s = vision.press()
    closed_s = vision.until("close", pressed_s)
    time.sleep(0.3)
    assert not [name for name, at_s in vision.noted() if at_s > closed_s]
