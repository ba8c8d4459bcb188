"""A vision that behaves, without a camera: vitals each second, views at four a second while somebody looks, walkers."""

from __future__ import annotations

import math
import threading
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from appliance.display.view import Box, Drawing, View
from appliance.display.views import ViewSender
from appliance.health.field import session_at
from appliance.health.vitals import remove_vitals, write_vitals

EVERY_S = 0.25
WIDTH, HEIGHT = 160, 90
PICTURE = (1280, 720)
CAMERA_M, TILT_RAD, FOCAL = 2.6, math.radians(16), 1.27
"A camera 2.6 m above the pavement, tilted down; focal length in heights of the picture."


def street() -> bytes:
    """A pavement in lines: a wall with a door and windows, a kerb, slabs that run together."""
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    for ends in (
        ((0, 28), (160, 22)), ((0, 62), (160, 33)), ((0, 12), (160, 14)), ((20, 58), (20, 30)), ((40, 53), (40, 30)),
        ((20, 30), (40, 29)), ((60, 20), (60, 46)), ((84, 20), (84, 42)), ((60, 20), (84, 20)), ((60, 34), (84, 32)),
        ((104, 19), (104, 39)), ((124, 19), (124, 36)), ((104, 19), (124, 18)), ((30, 90), (160, 40)),
        ((92, 90), (160, 55)), ((0, 78), (72, 50)), ((136, 12), (136, 34)), ((138, 12), (138, 34)),
    ):  # fmt: skip
        cv2.line(picture, *ends, color=1, thickness=1)
    for at in range(0, 160, 22):
        cv2.line(picture, (at, 60 - at // 6), (at - 26, 90), 1, 1)
    return np.packbits(picture, axis=1).tobytes()


def unseen(share: float) -> bytes:
    """The right part of the picture, hidden by somebody who waits there."""
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    picture[:, round(WIDTH * (1 - share)) :] = 1
    return np.packbits(picture, axis=1).tobytes()


def row(distance_m: float, height_m: float) -> float:
    """Row, as a share of the picture, of a point so far away and so high."""
    return 0.5 + FOCAL * math.tan(math.atan2(CAMERA_M - height_m, distance_m) - TILT_RAD)


def person(across: float, distance_m: float, height_m: float = 1.7) -> Box:
    """The box of somebody who stands there, cut off at the picture's edges."""
    head, foot = max(0.0, row(distance_m, height_m)), min(1.0, row(distance_m, 0.0))
    width = 0.4 * (foot - head) * PICTURE[1] / PICTURE[0]
    left, right = max(0.0, across - width / 2), min(1.0, across + width / 2)
    return left, head, right - left, foot - head


EMPTY = View(
    at_s=1.0, width=1280, height=720, frames_per_second=14.0, people=(), focus=(1.0,) * 9, in_focus=1.0, brightness=0.5,
    dark=0.0, bright=0.0, moving=False, drawing=Drawing(160, 90, street(), unseen(0)),
)  # fmt: skip
"The street with nobody in it."


class FakeVision:
    """Runs in a thread; what a test sets is in the next view or the next vitals."""

    def __init__(self, runtime: Path) -> None:
        self.runtime = runtime
        self.people: list[Box] | None = None
        "None: three people walk by."
        self.vitals: dict[str, Any] = {
            "state": "running", "reason": "", "camera": "ok", "camera_path": "fake", "inference": "ok",
            "calibrated": "too early to tell: 43 of 66 passages", "frames_per_second": 14.8,
            "learned": 43, "needed": 66,
        }  # fmt: skip
        self.uplink: dict[str, Any] | None = None
        "Vitals of an uplink that runs beside; None: there is none."
        self.focus = 0.6
        self.hidden = 0.0
        self.changes: dict[str, Any] = {}
        "Fields of the view."
        self.drops = 0
        "Send only every so-and-so-manieth view; 0 all."
        self.sent = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> FakeVision:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.die()

    def start(self) -> None:
        """Begin, or begin again after die()."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def die(self) -> None:
        """Gone, with its vitals."""
        self._stop.set()
        self._thread.join()
        remove_vitals(self.runtime, "vision")

    def _run(self) -> None:
        with closing(ViewSender(self.runtime)) as sender:
            began_s = time.monotonic()
            for number in range(10**9):
                now_s = time.monotonic()
                write_vitals(self.runtime, "vision", self.vitals, now_s)
                if self.uplink is not None:
                    write_vitals(self.runtime, "uplink", self.uplink, now_s)
                looked_at = session_at(self.runtime, now_s) is not None
                if looked_at and not (self.drops and number % self.drops):
                    self.sent += sender.send(self.view(now_s, now_s - began_s))
                if self._stop.wait(EVERY_S):
                    return

    def view(self, now_s: float, spent_s: float) -> View:
        """What it sees."""
        people = self.people if self.people is not None else self.walkers(spent_s)
        blocks = [900.0, 700.0, 820.0, 1000.0, 600.0, 750.0, 480.0, 520.0, 640.0]
        focus: list[float | None] = [block * self.focus for block in blocks]
        if people:
            focus[4] = None
        values: dict[str, Any] = {
            "at_s": now_s, "width": PICTURE[0], "height": PICTURE[1], "frames_per_second": 14.8,
            "people": tuple(people), "focus": tuple(focus), "in_focus": self.focus, "brightness": 0.42,
            "dark": 0.02, "bright": 0.01, "moving": False,
            "drawing": Drawing(WIDTH, HEIGHT, street(), unseen(self.hidden)),
        }  # fmt: skip
        return View(**{**values, **self.changes})

    def walkers(self, spent_s: float) -> list[Box]:
        """Three people at three distances, each at a pace of its own."""
        return [
            person(0.15 + 0.7 * ((spent_s * 0.06 + 0.3) % 1), 4.2),
            person(0.85 - 0.7 * ((spent_s * 0.045 + 0.55) % 1), 6.5, 1.62),
            person(0.2 + 0.6 * ((spent_s * 0.03 + 0.1) % 1), 9.5, 1.8),
        ]
