"""The way of one frame, from pixels to decisions: this loop is the table of contents of the vision process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from appliance.config import Capture, Garment, Rule
from appliance.records import Decision, FloatArray, Frame, Passage, Tracks
from appliance.vision.decision import Decider, asked
from appliance.vision.descriptor import Descriptor
from appliance.vision.detector import Detector
from appliance.vision.garments import GarmentCutter
from appliance.vision.light import Light
from appliance.vision.novelty import Judge
from appliance.vision.passages import Passages
from appliance.vision.spot import Spot
from appliance.vision.stopwatch import Stopwatch
from appliance.vision.tracker import Tracker
from appliance.vision.trust import TrackerSettings

NO_BANK = "no bank: booth learn SOURCE --bank FILE"


def nobody() -> FloatArray:
    """No boxes, shape (0, 4)."""
    return np.zeros((0, 4), np.float32)


def nothing() -> None:
    """Nobody stops a frame."""


@dataclass(frozen=True)
class Step:
    """What one frame brought."""

    tracks: Tracks
    passages: list[Passage]
    "Passages that are settled with this frame; each once."
    decisions: list[Decision]
    "One per passage; none without a bank."
    calibrated: str
    "'ok', or why no exception is told yet."
    people: int
    "In view where the booth may look; nobody who opted out is counted."
    progress: tuple[int, int] = (0, 0)
    "Passages that the bank has seen, and how many it takes to tell of anybody; (0, 0) without a bank."
    asked: list[Decision] = field(default_factory=list)
    "Of those who asked to be scored, each once per ask; no passages, so that nothing is learned or counted of them."
    shown: FloatArray = field(default_factory=nobody)
    "Shape (N, 4): boxes of those in view who did not opt out."
    covered: FloatArray = field(default_factory=nobody)
    "Shape (N, 4): wherever there may be a person, be it a weak box or one that is only foretold."


class Pipeline:
    """detector -> tracker -> garments -> descriptor -> novelty -> decision, one frame at a time."""

    def __init__(
        self,
        detector: Detector,
        tracker: Tracker,
        passages: Passages,
        light: Light,
        garments: GarmentCutter,
        descriptor: Descriptor,
        decider: Decider | None,
        spot: Spot | None = None,
    ) -> None:
        self._detector = detector
        self._tracker = tracker
        self._passages = passages
        self._spot = spot or Spot(Garment(), Capture())
        self._light = light
        self._garments = garments
        self._descriptor = descriptor
        self._decider = decider
        self._seen_s: float | None = None
        self.heed: Callable[[], None] = nothing
        "Called between the long stages of a frame; what it raises ends the frame there, and nothing comes of it."
        self.stopwatch = Stopwatch()

    def step(self, frame: Frame) -> Step:
        """Take one frame through all stages. Its pixels are not kept."""
        self._seen_s = frame.captured_s
        timed = self.stopwatch.time
        detections = self._detector.detect(frame, self.stopwatch)
        self.heed()
        with timed("tracker"):
            tracks = self._tracker.update(detections, frame.captured_s)
            views = self._passages.choose(tracks, frame)
            asking = self._spot.choose(tracks, detections, frame, self._passages.objecting())
            wanted = views | asking
        with timed("garments"):
            gains = self._light.gains(frame, detections.boxes)
            garments = self._garments.cut(frame, wanted.ids, wanted.boxes, gains)
        self.heed()
        with timed("descriptor"):
            descriptors = self._descriptor.describe(garments)
            self._passages.fold(views, garments, descriptors, frame.captured_s)
            self._spot.fold(asking, garments, descriptors, frame.captured_s)
        shown = tracks.boxes[~self._passages.opted_out(tracks)]
        covered = np.concatenate([detections.boxes, self._tracker.everybody()])
        return replace(self._conclude(tracks, frame.captured_s), shown=shown, covered=covered)

    def judge_by(self, judge: Judge, rule: Rule) -> None:
        """Judge by a new bank from the next frame on; who was told stays told, the street's pace stays known."""
        if self._decider is None:
            self._decider = Decider(rule, judge, self._passages.least_views)
        else:
            self._decider.adopt(judge)

    def wish(self, rule: Rule) -> None:
        """Tell as many as `rule` says from the next frame on."""
        if self._decider is not None:
            self._decider.wish(rule)

    def ask(self, number: int | None) -> str:
        """Look at whoever stands on the spot while an ask lasts, each number anew; returns the answer so far.

        None: nobody asks any more, and what was seen of who did is forgotten.
        """
        return self._spot.ask(number)

    def look_within(self, capture: Capture) -> None:
        """Look at whom `capture` allows from the next frame on; whoever is in view is met anew, or forgotten."""
        self._passages.look_within(capture)
        self._spot.look_within(capture)

    def forget(self) -> None:
        """Forget whoever is in view, without any conclusion: the cameras close."""
        self._seen_s = None
        self._tracker.finish()
        self._passages.forget()
        self._spot.forget()

    def idle(self, now_s: float) -> Step | None:
        """Conclude who was in view when the frames stopped, once the tracker would know nobody again; None before.

        So that nothing of anybody waits in memory for a lost camera. `now_s` as Frame.captured_s.
        """
        if self._seen_s is None or now_s - self._seen_s <= TrackerSettings.memory_s:
            return None
        return self.finish(now_s)

    def finish(self, now_s: float) -> Step:
        """Conclude what is still in view when the source ends."""
        self._seen_s = None
        return self._conclude(self._tracker.finish(), now_s)

    def _conclude(self, tracks: Tracks, now_s: float) -> Step:
        answers = self._answer(self._spot.due(tracks, now_s))
        due = self._passages.due(tracks, now_s)
        if self._decider is None:
            passages, decisions, calibrated, progress = [one for one in due if one.final], [], NO_BANK, (0, 0)
        else:
            with self.stopwatch.time("novelty"):
                judged = self._decider.decide(due)
            passages = [one for one, decision in zip(due, judged, strict=True) if decision.settled]
            decisions = [decision for decision in judged if decision.settled]
            calibrated, progress = self._decider.readiness(now_s), self._decider.progress(now_s)
        self._passages.close(passage.track for passage in passages)
        people = self._passages.people if len(tracks.ids) else 0
        return Step(tracks, passages, decisions, calibrated, people, progress, answers)

    def _answer(self, asking: list[Passage]) -> list[Decision]:
        """Decisions on those who asked; whatever else was seen in this passage of who is on the spot is dropped."""
        self._passages.close(self._spot.askers)
        if self._decider is None or not asking:
            return [asked(passage) for passage in asking]
        with self.stopwatch.time("novelty"):
            return self._decider.answer(asking)
