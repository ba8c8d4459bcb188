"""Made-up people who walk through a picture: boxes with scores, frame by frame, the same each time."""

from __future__ import annotations

import numpy as np

from appliance.records import Detections, Tracks
from appliance.vision.tracker import Tracker
from appliance.vision.trust import TrackerSettings

WIDTH_PX, HEIGHT_PX = 640, 480
Box = tuple[float, float, float, float, float]


def person(x: float, y: float = 200.0, height: float = 100.0, score: float = 0.9) -> Box:
    """A box around a person whose middle is at `x` and whose head is at `y`."""
    return (x - height * 0.2, y, x + height * 0.2, y + height, score)


def detections(*people: Box) -> Detections:
    rows = np.array(people, np.float32).reshape(-1, 5)
    return Detections(rows[:, :4], rows[:, 4])


def tracker(settings: TrackerSettings | None = None) -> Tracker:
    return Tracker(settings or TrackerSettings(), WIDTH_PX, HEIGHT_PX)


def follow(frames: list[list[Box]], step_s: float = 0.1, on: Tracker | None = None) -> list[Tracks]:
    """Track all `frames`, `step_s` seconds apart from 0."""
    on = on or tracker()
    return [on.update(detections(*people), index * step_s) for index, people in enumerate(frames)]


def ids(told: list[Tracks]) -> set[int]:
    return {one for tracks in told for one in tracks.ids.tolist()}


def ended(told: list[Tracks]) -> list[int]:
    return [one for tracks in told for one in tracks.ended.tolist()]
