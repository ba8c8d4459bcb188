"""The button closes the camera within a fifth of a second: a real process of vision, and a camera that counts reads."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.health.breaks import MINUTES, pause_for
from appliance.health.moment import read_moment
from appliance.health.notices import tell
from appliance.health.pause import OPERATOR, PASSER_BY, pause, resume
from appliance.health.vitals import read_vitals

LIMIT_S = 0.2
SHORT_S = 1.5
PRESSES = 5
PATIENCE_S = 20.0
ROOT = Path(__file__).parents[2]


class Vision:
    """The process, and what its camera noted."""

    def __init__(self, folder: Path, module: str = "tests.verbs.shuttered") -> None:
        self.folder, self.state, self.runtime = folder, folder / "state", folder / "run"
        self.child = subprocess.Popen(
            [sys.executable, "-m", module, str(folder)], cwd=ROOT, stderr=subprocess.DEVNULL
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

    def vitals(self) -> dict[str, Any]:
        """The fresh ones; {} before there are any."""
        return read_vitals(self.runtime, "vision") or {}

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


def press_often(vision: Vision, presses: int) -> list[float]:
    """Seconds from each press to the closed camera; while it is paused nothing is read or opened."""
    took_s = []
    for _ in range(presses):
        pressed_s = vision.press(SHORT_S / 60)
        closed_s = vision.until("close", pressed_s)
        took_s.append(closed_s - pressed_s)
        time.sleep(0.3)
        assert not [name for name, at_s in vision.noted() if at_s > closed_s], "read or opened while paused"
        vitals = vision.vitals()
        assert (vitals.get("camera"), vitals.get("reason")) == ("paused", "paused by passer-by")
        vision.until("read", closed_s)
    return took_s


def test_a_press_closes_the_camera_within_a_fifth_of_a_second(vision: Vision) -> None:
    took_s = press_often(vision, PRESSES)
    # One press may meet a machine that is busy with something else.
    assert sorted(took_s)[-2] < LIMIT_S, took_s


def test_a_disk_that_hangs_for_ever_keeps_no_camera_open(tmp_path: Path) -> None:
    """While a bank is due, the logbook's notes, and what the rescue has said of the camera is to be taken back."""
    tell(tmp_path / "state", "machine", "reboot required: the camera does not come back")
    vision = Vision(tmp_path, "tests.verbs.hanging")
    try:
        began_s = vision.until("read", 0.0)
        while "bank" not in vision.vitals():
            assert time.monotonic() < began_s + PATIENCE_S, "no bank comes: the loop waits for the disk"
            time.sleep(0.05)
        took_s = press_often(vision, 3)
        assert sorted(took_s)[-2] < LIMIT_S, took_s
    finally:
        vision.child.kill()
        vision.child.wait(PATIENCE_S)


def test_vision_that_is_started_anew_stays_closed_and_opens_by_itself(tmp_path: Path) -> None:
    began_s = time.monotonic()
    pause_for(tmp_path / "state", tmp_path / "run", PASSER_BY, 4 / 60, read_moment())
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
