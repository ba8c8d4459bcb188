"""What vision tells of itself: counts, states and sensors in, the vitals file each second and on every change out."""

from __future__ import annotations

import logging
import time
from collections import deque
from pathlib import Path
from typing import Any

from appliance.errors import BoothError
from appliance.health.vitals import write_vitals
from appliance.runtime.seam import Sensors
from appliance.vision.pipeline import Step

log = logging.getLogger(__name__)
EVERY_S = 1.0
SENSE_S = 10.0
"Between two readings of the machine: its power chip takes milliseconds to answer, and heat is slow."
WINDOW = 30
"Frames over which the rate is averaged."


class Figures:
    """Owner of vision's vitals; counts only, nothing of anybody."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self._values: dict[str, Any] = {"frames": 0, "late": 0, "people": 0}
        self._values |= {"passages": 0, "abstained": 0, "exceptions": 0, "frames_per_second": 0.0}
        self._sensors: Sensors | None = None
        self._sensed: dict[str, float] = {}
        self._sensed_s = float("-inf")
        self._stamps_s: deque[float] = deque(maxlen=WINDOW)
        self._written_s = float("-inf")
        self._failing = False

    def watch(self, sensors: Sensors) -> None:
        """Tell the machine's own figures from now on."""
        self._sensors = sensors

    def set(self, **values: Any) -> bool:
        """Change states by name; written at once if one is new, and then True."""
        changed = any(self._values.get(name) != value for name, value in values.items())
        self._values |= values
        if changed:
            self._write(time.monotonic())
        return changed

    def fail(self, part: str, reason: str) -> None:
        """Last words: the process ends over `part`, 'camera' or 'inference', for this reason, which names the cure."""
        self.set(**{"state": "failed", "reason": reason, "camera": "stopped", "people": 0, part: reason})

    def frame(self, step: Step, late: int, now_s: float) -> bool:
        """Count one frame; True when the camera was not known to deliver."""
        self._stamps_s.append(now_s)
        self._values["frames"] += 1
        self._values |= {"late": late, "people": step.people, "frames_per_second": self._rate()}
        self.count(step)
        return self._values.get("camera") != "ok"

    def count(self, step: Step) -> None:
        """Count what a step concluded."""
        self._values["passages"] += len(step.passages)
        self._values["abstained"] += sum(bool(passage.abstained) for passage in step.passages)
        self._values["exceptions"] += sum(decision.exception for decision in step.decisions)

    def publish(self) -> None:
        """Write the figures if the last ones are a second old."""
        now_s = time.monotonic()
        if now_s - self._written_s >= EVERY_S:
            self._sense(now_s)
            self._write(now_s)

    def _sense(self, now_s: float) -> None:
        """Read the machine if that is due; a figure it gives no more is told no more."""
        if self._sensors is not None and now_s - self._sensed_s >= SENSE_S:
            self._sensed, self._sensed_s = self._sensors.read(), now_s

    @property
    def rate(self) -> float:
        """Frames per second, over the last WINDOW."""
        return float(self._values["frames_per_second"])

    def _rate(self) -> float:
        spent_s = self._stamps_s[-1] - self._stamps_s[0]
        return round((len(self._stamps_s) - 1) / spent_s, 1) if spent_s > 0 else 0.0

    def _write(self, now_s: float) -> None:
        """Write; a folder that never worked is an error, one that fails later must not stop the camera."""
        first, self._written_s = self._written_s == float("-inf"), now_s
        try:
            write_vitals(self._runtime, "vision", {**self._values, **self._sensed}, now_s)
            self._failing = False
        except BoothError as error:
            if first:
                raise
            if not self._failing:
                log.warning("nobody can see how vision is: %s", error)
            self._failing = True
