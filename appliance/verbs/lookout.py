"""The loop of the vision process: a live camera in; events to the outbox, cards to the board and vitals out."""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import replace

from appliance.app import Eyes, make_pipeline, open_camera
from appliance.artifacts import Bank
from appliance.config import Settings
from appliance.display.cards import CardSender
from appliance.errors import BoothError, SourceError
from appliance.health import notify
from appliance.health.clock import read_clock
from appliance.records import Decision, Frame
from appliance.runtime.seam import Camera, EndOfSource
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import payload_from_event
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import bounds_from_settings
from appliance.verbs.apprentice import make_apprentice
from appliance.verbs.figures import Figures
from appliance.verbs.ladder import Ladder
from appliance.vision.novelty import Judge
from appliance.vision.pipeline import Pipeline, Step

SLICE_S = 0.5
"Longest wait for a frame in one go: vitals and a stop are due in between."
LONGEST_PAUSE_S = 30.0
log = logging.getLogger(__name__)


class Lookout:
    """Owns the camera and the way of its frames; opens the camera anew whenever it is lost."""

    def __init__(self, settings: Settings, eyes: Eyes, judge: Judge | None, figures: Figures) -> None:
        self._settings = settings
        self._eyes = eyes
        self._judge = judge
        self._figures = figures
        self._pipeline: Pipeline | None = None
        self._ladder = Ladder(settings)
        self._outbox = Outbox(settings.folders.state / "outbox.sqlite", bounds_from_settings(settings.uplink))
        self._cards = CardSender(settings.folders.runtime)
        bank = judge.bank.id if judge else "none"
        self._anonymizer = Anonymizer(Origin(settings.booth.city, settings.booth.id, bank, eyes.engine))
        self._apprentice = make_apprentice(settings, judge, time.monotonic(), read_clock())
        self._unjudged = ""
        "Why the newest bank is not judged by."

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` or the end of a file. Raises BoothError for what no retry here can mend."""
        try:
            start_anew = self._keep_looking(stop)
        except BoothError as error:
            self._fail("camera" if isinstance(error, SourceError) else "inference", str(error))
            raise
        finally:
            self._outbox.close()
            self._cards.close()
        if start_anew:
            raise BoothError(start_anew)

    def _keep_looking(self, stop: threading.Event) -> str:
        """The one loop that retries: open, look, and after a loss pause with jitter and open again.

        Returns why the process shall start anew, empty when it shall not.
        """
        while not stop.is_set():
            try:
                self._ladder.climb(self._look(stop))
            except EndOfSource:
                self._finish("ended", "the source is over")
                return ""
            if not stop.is_set() and self._ladder.restart_due():
                why = f"not back after {self._ladder.failures} openings; vision starts anew"
                return self._finish("starting", f"{self._settings.camera.label}: {why}")
            pause_s = min(LONGEST_PAUSE_S, random.uniform(0.5, 1.5 ** min(10, self._ladder.failures + 1)))
            self._rest(pause_s, stop)
        self._finish("stopped", "told to stop")
        return ""

    def _look(self, stop: threading.Event) -> int:
        """Frames seen before the camera was lost. Raises EndOfSource, and SourceError for a file that is none."""
        camera, frames = None, 0
        try:
            camera = open_camera(self._settings, self._eyes, live=True)
            while not stop.is_set():
                self._step(camera, self._await(camera, stop, first=frames == 0))
                frames += 1
        except SourceError as error:
            if frames == 0 and self._settings.camera.source_is_file():
                raise
            words = self._ladder.words(str(error))
            if self._figures.set(state="blind", reason=words, camera=words, people=0):
                log.warning("camera lost: %s", words)
            if self._settings.camera.source_is_file() and not self._settings.camera.repeat:
                raise EndOfSource(
                    str(error)
                ) from None  # a broken recording breaks at the same place each time
        except StopIteration:
            pass
        finally:
            if camera is not None:
                camera.close()
        return frames

    def _await(self, camera: Camera, stop: threading.Event, *, first: bool) -> Frame:
        """The next frame. Raises SourceError after too long a silence, StopIteration on `stop`."""
        limit_s = self._settings.camera.first_frame_s if first else self._settings.camera.stall_s
        since_s = time.monotonic()
        while not stop.is_set():
            frame = camera.take(SLICE_S)
            if frame is not None:
                return frame
            self._tend()
            if time.monotonic() - since_s > limit_s:
                raise SourceError(
                    f"{self._settings.camera.label}: no frame for {limit_s:.0f} s; check cable and power"
                )
        raise StopIteration

    def _step(self, camera: Camera, frame: Frame) -> None:
        if self._pipeline is None:
            self._pipeline = make_pipeline(self._settings, self._eyes, self._judge, frame)
        step = self._pipeline.step(frame)
        if self._figures.frame(step, camera.late, time.monotonic()):
            self._figures.set(state="running", reason="", camera="ok", camera_path=camera.path)
            notify.ready()
            log.info("camera delivers: %s", self._settings.camera.label)
        notify.alive()
        self._tell(step)
        self._learn(step)
        self._tend()

    def _learn(self, step: Step) -> None:
        """After the judging: nobody is less rare for having passed himself."""
        calibrated, learning = step.calibrated, "off"
        if self._apprentice is not None:
            self._apprentice.see(step.passages, time.monotonic())
            learning = self._unjudged or self._apprentice.state
            calibrated = calibrated if self._judge else learning
        self._figures.set(calibrated=calibrated, learning=learning)

    def _tend(self) -> None:
        """What is due every few seconds, whether the camera delivers or not."""
        left = self._pipeline.idle(time.monotonic()) if self._pipeline is not None else None
        if left is not None:
            self._conclude(left)
        bank = self._apprentice.tend(time.monotonic(), read_clock) if self._apprentice else None
        if bank is not None:
            self._judge_by(bank)
        self._figures.publish()

    def _judge_by(self, bank: Bank) -> None:
        """Judge by a new bank; one that the device has no room for is a state, and the last one goes on."""
        try:
            self._judge = Judge(bank, bank.neighbours, self._eyes.wing.neighbours)
        except BoothError as error:
            if not self._unjudged:
                log.warning("the new bank is not judged by: %s", error)
            self._unjudged = f"not judged by: {error}"
            return
        self._unjudged = ""
        self._anonymizer.origin = replace(self._anonymizer.origin, bank=bank.id)
        self._figures.set(bank=bank.id)
        if self._pipeline is not None:
            self._pipeline.judge_by(self._judge, self._settings.decision)

    def _tell(self, step: Step) -> None:
        for decision in step.decisions:
            if decision.exception:
                self._send(decision)

    def _send(self, decision: Decision) -> None:
        """The event first, it must not be lost; the card may be."""
        clock = read_clock()
        event = self._anonymizer.event(decision, clock)
        stored = self._outbox.add("exception", payload_from_event(event), clock)
        self._figures.set(outbox="ok" if stored else self._outbox.fault)
        self._cards.send(event.rarity, event.why, event.zone, decision.at_s)

    def _conclude(self, step: Step) -> None:
        """Tell and learn those who were still in view when the frames stopped."""
        self._figures.count(step)
        self._tell(step)
        self._learn(step)

    def _rest(self, pause_s: float, stop: threading.Event) -> None:
        until_s = time.monotonic() + pause_s
        while time.monotonic() < until_s and not stop.wait(min(SLICE_S, pause_s)):
            self._tend()

    def _finish(self, state: str, reason: str) -> str:
        """Conclude who is in view and keep what was learned; returns the reason."""
        if self._pipeline is not None:
            self._conclude(self._pipeline.finish(time.monotonic()))
        self._keep_learned()
        self._figures.set(state=state, reason=reason, camera=state, people=0)
        return reason

    def _fail(self, part: str, reason: str) -> None:
        """Drop who is in view: to conclude them would ask the device, which fails from its first fault on."""
        self._pipeline = None
        self._keep_learned()
        self._figures.fail(part, reason)

    def _keep_learned(self) -> None:
        if self._apprentice is not None:
            self._apprentice.close(time.monotonic(), read_clock())
            self._figures.set(learning=self._unjudged or self._apprentice.state)
