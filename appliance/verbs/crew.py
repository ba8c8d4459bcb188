"""What follows from a frame: frames in; events and cards, lessons, trends, answers and a technician's view out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from appliance.app import Eyes, make_pipeline
from appliance.config import Settings
from appliance.records import Frame
from appliance.remote_file import Remote
from appliance.verbs.dead_man import DeadMan
from appliance.verbs.field_glass import FieldGlass
from appliance.verbs.figures import Figures
from appliance.verbs.herald import Herald
from appliance.verbs.noting import note_settings, pause_id
from appliance.verbs.questions import Questions
from appliance.verbs.rinse import Rinse
from appliance.verbs.schooling import Schooling
from appliance.verbs.scribe import HandedNotes, Scribe
from appliance.verbs.trending import Trending
from appliance.vision.novelty import Judge
from appliance.vision.pipeline import Pipeline, Step

log = logging.getLogger(__name__)


class Crew:
    """Owns the pipeline, whoever works on its steps, and the settings in force; knows of no camera."""

    def __init__(self, settings: Settings, eyes: Eyes, judge: Judge | None, figures: Figures) -> None:
        """`settings`: the files'; what is drawn at the place or set from afar is taken over while the booth looks."""
        now_s = time.monotonic()
        self._remote = Remote(settings, now_s)
        self._settings = self._remote.settings
        self._eyes = eyes
        self._figures = figures
        self._pipeline: Pipeline | None = None
        self._scribe = Scribe()
        self.place = self._scribe.place
        self._notes = HandedNotes(settings.folders.state, self._scribe, now_s)
        self._dead_man = DeadMan(settings, now_s, hand=self.place())
        bank = judge.bank.id if judge else "none"
        self._herald = Herald(settings, eyes.engine, bank, self._scribe, figures)
        self._glass = FieldGlass(settings.folders.runtime, eyes)
        self._questions = Questions(settings.folders.runtime, figures)
        self._school = Schooling(self._settings, eyes, judge, figures, now_s, self.place())
        self._notes.note("model", eyes.engine)
        self._notes.note("bank", bank)
        note_settings(self._notes, self._settings)
        self._trends = Trending(settings, eyes.engine, figures, self._notes, now_s)
        self._rinse = Rinse()
        self._notes.tend(now_s)

    def fault(self) -> str:
        """Why nobody may be looked at, whoever pauses the booth; '' when all is well."""
        return self._remote.fault or self._dead_man.why()

    def note_pause(self, owners: Sequence[str]) -> None:
        """Have the logbook say who keeps the camera closed; nobody: it may be open."""
        self._notes.note("pause", pause_id(owners))

    def look(self, frame: Frame, heed: Callable[[], None]) -> Step:
        """What the pipeline makes of `frame`; whatever `heed` raises in its midst ends the frame there."""
        if self._pipeline is None:
            self._pipeline = make_pipeline(self._settings, self._eyes, self._school.judge, frame)
            # On a slow machine a frame in a crowd takes longer than a passer-by may be kept waiting.
            self._pipeline.heed = heed
        return self._pipeline.step(frame)

    def follow(self, frame: Frame, step: Step) -> None:
        """Tell, count and learn what `frame` brought, and show it to a technician who is there."""
        self._pass_on(step)
        self._glass.show(frame, step, self._figures.rate, time.monotonic())

    def forget(self) -> None:
        """Drop whoever is in view or passed a moment ago: nothing is concluded or learned of them."""
        if self._pipeline is not None:
            self._pipeline.forget()
        self._school.forget()
        self._glass.forget()

    def tend(self) -> None:
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
        self._herald.tell_kept()
        self._figures.publish()
        self._rinse.tend(now_s)

    def finish(self) -> None:
        """Conclude who is in view and keep what was learned."""
        if self._pipeline is not None:
            self._conclude(self._pipeline.finish(time.monotonic()))
        self._keep()

    def fail(self) -> None:
        """Drop who is in view: to conclude them would ask the device, which fails from its first fault on."""
        self._pipeline = None
        self._keep()

    def close(self) -> None:
        """Let go of files and sockets once all that waits is written."""
        self._herald.close()
        self._glass.close()
        self._scribe.close()

    def _conclude(self, step: Step) -> None:
        """Tell and learn those who were still in view when the frames stopped."""
        self._figures.count(step)
        self._pass_on(step)

    def _pass_on(self, step: Step) -> None:
        self._herald.tell(step)
        self._questions.tell(self._pipeline)
        self._trends.see(step)
        self._school.learn(step, time.monotonic())

    def _keep(self) -> None:
        self._school.close(time.monotonic())
        self._trends.close(time.monotonic())

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
        self._herald.name_bank(judge.bank.id)
        self._notes.note("bank", judge.bank.id)
        if self._pipeline is not None:
            self._pipeline.judge_by(judge, self._settings.decision)
