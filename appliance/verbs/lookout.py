"""The loop of the vision process: a live camera in; events to the outbox, cards to the board and vitals out."""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import replace

from appliance.app import Eyes, make_pipeline, open_camera
from appliance.config import Settings
from appliance.display.cards import CardSender
from appliance.errors import BoothError, SourceError
from appliance.health import notify
from appliance.health.clock import read_clock
from appliance.records import Decision, Frame
from appliance.remote_file import Remote
from appliance.runtime.seam import Camera, EndOfSource
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import payload_from_event
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.uplink.outbox_bounds import bounds_from_settings
from appliance.verbs.dead_man import DeadMan
from appliance.verbs.field_glass import FieldGlass
from appliance.verbs.figures import Figures
from appliance.verbs.ladder import Ladder
from appliance.verbs.noting import note_settings, pause_id
from appliance.verbs.post import Post
from appliance.verbs.questions import Questions
from appliance.verbs.schooling import Schooling
from appliance.verbs.scribe import HandedNotes, Scribe
from appliance.verbs.shutter import LOOK_S, Paused, Shutter
from appliance.verbs.trending import Trending
from appliance.vision.novelty import Judge
from appliance.vision.pipeline import Pipeline, Step

LONGEST_PAUSE_S = 30.0
DIGITS = 3
"Of a rarity that is shown, as of one in an event."
log = logging.getLogger(__name__)


class Lookout:
    """Owns the camera and the way of its frames; opens the camera anew whenever it is lost."""

    def __init__(self, settings: Settings, eyes: Eyes, judge: Judge | None, figures: Figures) -> None:
        """`settings`: the files'; what is drawn at the place or set from afar is taken over while the booth looks."""
        now_s = time.monotonic()
        self._remote = Remote(settings, now_s)
        self._settings = self._remote.settings
        self._eyes = eyes
        self._figures = figures
        self._pipeline: Pipeline | None = None
        self._scribe = Scribe()
        self._ladder = Ladder(settings, self._scribe.place())
        self._notes = HandedNotes(settings.folders.state, self._scribe, now_s)
        self._dead_man = DeadMan(settings, now_s, hand=self._scribe.place())
        self._shutter = Shutter(
            settings.folders,
            figures,
            lambda: self._remote.fault or self._dead_man.why(),
            lambda owners: self._notes.note("pause", pause_id(owners)),
        )
        bounds = bounds_from_settings(settings.uplink)
        self._post = Post(self._scribe, lambda: Outbox(settings.folders.state / OUTBOX, bounds))
        self._cards = CardSender(settings.folders.runtime)
        bank = judge.bank.id if judge else "none"
        self._anonymizer = Anonymizer(Origin(settings.booth.city, settings.booth.id, bank, eyes.engine))
        self._glass = FieldGlass(settings.folders.runtime, eyes)
        self._questions = Questions(settings.folders.runtime, figures)
        self._school = Schooling(self._settings, eyes, judge, figures, now_s, self._scribe.place())
        self._notes.note("model", eyes.engine)
        self._notes.note("bank", bank)
        note_settings(self._notes, self._settings)
        self._trends = Trending(settings, eyes.engine, figures, self._notes, now_s)
        self._notes.tend(now_s)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` or the end of a file. Raises BoothError for what no retry here can mend."""
        try:
            start_anew = self._keep_looking(stop)
        except BoothError as error:
            self._fail("camera" if isinstance(error, SourceError) else "inference", str(error))
            raise
        finally:
            self._post.close()
            self._cards.close()
            self._glass.close()
            self._scribe.close()
        if start_anew:
            raise BoothError(start_anew)

    def _keep_looking(self, stop: threading.Event) -> str:
        """The one loop that retries: open, look, and after a loss pause with jitter and open again.

        Returns why the process shall start anew, empty when it shall not.
        """
        while self._shutter.wait(stop, self._forget, self._tend):
            try:
                self._ladder.climb(self._look(stop))
            except Paused:
                # Not to be waited for in here: the exception holds the frame that nobody looked at.
                self._forget()
                continue
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
        """Frames seen before the loss. Raises EndOfSource, Paused, and SourceError for a file that is none."""
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
        """The next frame. Raises SourceError after too long a silence, StopIteration on `stop`, Paused."""
        limit_s = self._settings.camera.first_frame_s if first else self._settings.camera.stall_s
        since_s = time.monotonic()
        while not stop.is_set():
            frame = camera.take(LOOK_S)
            self._shutter.heed()
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
            self._pipeline = make_pipeline(self._settings, self._eyes, self._school.judge, frame)
            # On a slow machine a frame in a crowd takes longer than a passer-by may be kept waiting.
            self._pipeline.heed = self._shutter.heed
        step = self._pipeline.step(frame)
        if self._figures.frame(step, camera.late, time.monotonic()):
            self._figures.set(state="running", reason="", camera="ok", camera_path=camera.path)
            self._ladder.climb(1)
            notify.ready()
            log.info("camera delivers: %s", self._settings.camera.label)
        notify.alive()
        self._tell(step)
        self._trends.see(step)
        self._school.learn(step, time.monotonic())
        self._glass.show(frame, step, self._figures.rate, time.monotonic())
        self._tend()

    def _forget(self) -> None:
        """Drop whoever is in view or passed a moment ago: nothing is concluded or learned of them."""
        if self._pipeline is not None:
            self._pipeline.forget()
        self._school.forget()
        self._glass.forget()

    def _tend(self) -> None:
        """What is due every few seconds, whether the camera delivers or not."""
        now_s = time.monotonic()
        left = self._pipeline.idle(now_s) if self._pipeline is not None else None
        if left is not None:
            self._conclude(left)
        self._judge_by(self._school.tend(now_s))
        self._glass.tend(now_s)
        self._questions.tend(self._pipeline, now_s)
        self._heed_dead_man(now_s)
        if self._remote.look(now_s):
            self._take_over(self._remote.settings, now_s)
        self._trends.tend(now_s)
        self._notes.tend(now_s)
        self._post.tell(self._figures)
        self._figures.publish()

    def _heed_dead_man(self, now_s: float) -> None:
        self._dead_man.look(now_s)
        left_s = self._dead_man.left_s
        if left_s is not None:
            self._figures.set(armed_s=left_s // 60 * 60)

    def _take_over(self, settings: Settings, now_s: float) -> None:
        """Go on by other settings from the next frame on; only those that may be set while it runs can differ."""
        before, self._settings = self._settings, settings
        log.info("settings from afar or drawn at the place are taken over")
        note_settings(self._notes, settings)
        if self._pipeline is not None and settings.decision != before.decision:
            self._pipeline.wish(settings.decision)
        if self._pipeline is not None and settings.capture != before.capture:
            self._pipeline.look_within(settings.capture)
        self._judge_by(self._school.switch(settings, now_s))

    def _judge_by(self, judge: Judge | None) -> None:
        """Judge by a new bank, if there is one."""
        if judge is None:
            return
        self._anonymizer.origin = replace(self._anonymizer.origin, bank=judge.bank.id)
        self._notes.note("bank", judge.bank.id)
        if self._pipeline is not None:
            self._pipeline.judge_by(judge, self._settings.decision)

    def _tell(self, step: Step) -> None:
        for decision in step.decisions:
            if decision.exception:
                self._send(decision)
        for decision in step.asked:
            self._answer(decision)
        self._questions.tell(self._pipeline)

    def _send(self, decision: Decision) -> None:
        """The event first, it must not be lost; the card may be."""
        clock = read_clock()
        event = self._anonymizer.event(decision, clock)
        self._post.send(event.id, payload_from_event(event), clock)
        self._post.tell(self._figures)
        self._cards.send(
            event.rarity, event.why, event.zone, decision.at_s, decision.outfit, decision.heading
        )

    def _answer(self, decision: Decision) -> None:
        """A card for somebody who asked, and nothing else: no event, nothing on disk, nothing learned."""
        rarity = round(decision.rarity, DIGITS) if decision.judged else None
        words = decision.why, decision.zone, decision.at_s, decision.outfit, decision.heading
        self._cards.send(rarity, *words, asked=True)

    def _conclude(self, step: Step) -> None:
        """Tell and learn those who were still in view when the frames stopped."""
        self._figures.count(step)
        self._tell(step)
        self._trends.see(step)
        self._school.learn(step, time.monotonic())

    def _rest(self, pause_s: float, stop: threading.Event) -> None:
        until_s = time.monotonic() + pause_s
        while time.monotonic() < until_s and not stop.wait(min(LOOK_S, pause_s)):
            self._tend()
            if self._shutter.is_wanted():
                return

    def _finish(self, state: str, reason: str) -> str:
        """Conclude who is in view and keep what was learned; returns the reason."""
        if self._pipeline is not None:
            self._conclude(self._pipeline.finish(time.monotonic()))
        self._school.close(time.monotonic())
        self._trends.close(time.monotonic())
        self._figures.set(state=state, reason=reason, camera=state, people=0)
        return reason

    def _fail(self, part: str, reason: str) -> None:
        """Drop who is in view: to conclude them would ask the device, which fails from its first fault on."""
        self._pipeline = None
        self._school.close(time.monotonic())
        self._trends.close(time.monotonic())
        self._figures.fail(part, reason)
