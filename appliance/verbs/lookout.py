"""The loop of the vision process: a live camera in; its frames to the crew, and how the camera is, out."""

from __future__ import annotations

import logging
import random
import threading
import time

from appliance.app import Eyes, open_camera
from appliance.config import Settings
from appliance.errors import BoothError, SourceError
from appliance.health import notify
from appliance.records import Frame
from appliance.runtime.seam import Camera, EndOfSource
from appliance.verbs.crew import Crew
from appliance.verbs.figures import Figures
from appliance.verbs.ladder import Ladder
from appliance.verbs.shutter import LOOK_S, Paused, Shutter
from appliance.vision.novelty import Judge

LONGEST_PAUSE_S = 30.0
log = logging.getLogger(__name__)


class Lookout:
    """Owns the camera; opens it anew whenever it is lost."""

    def __init__(self, settings: Settings, eyes: Eyes, judge: Judge | None, figures: Figures) -> None:
        """`settings`: the files'; nothing that is drawn at the place or set from afar says which camera is opened."""
        self._settings = settings
        self._eyes = eyes
        self._figures = figures
        self._crew = Crew(settings, eyes, judge, figures)
        self._ladder = Ladder(settings, self._crew.place())
        self._shutter = Shutter(settings.folders, figures, self._crew.fault, self._crew.note_pause)

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` or the end of a file. Raises BoothError for what no retry here can mend."""
        try:
            start_anew = self._keep_looking(stop)
        except BoothError as error:
            self._fail("camera" if isinstance(error, SourceError) else "inference", str(error))
            raise
        finally:
            self._crew.close()
        if start_anew:
            raise BoothError(start_anew)

    def _keep_looking(self, stop: threading.Event) -> str:
        """The one loop that retries: open, look, and after a loss pause with jitter and open again.

        Returns why the process shall start anew, empty when it shall not.
        """
        while self._shutter.wait(stop, self._crew.forget, self._crew.tend):
            try:
                self._ladder.climb(self._look(stop))
            except Paused:
                # Not to be waited for in here: the exception holds the frame that nobody looked at.
                self._crew.forget()
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
            self._crew.tend()
            if time.monotonic() - since_s > limit_s:
                raise SourceError(
                    f"{self._settings.camera.label}: no frame for {limit_s:.0f} s; check cable and power"
                )
        raise StopIteration

    def _step(self, camera: Camera, frame: Frame) -> None:
        step = self._crew.look(frame, self._shutter.heed)
        if self._figures.frame(step, camera.late, time.monotonic()):
            self._figures.set(state="running", reason="", camera="ok", camera_path=camera.path)
            self._ladder.climb(1)
            notify.ready()
            log.info("camera delivers: %s", self._settings.camera.label)
        notify.alive()
        self._crew.follow(frame, step)
        self._crew.tend()

    def _rest(self, pause_s: float, stop: threading.Event) -> None:
        until_s = time.monotonic() + pause_s
        while time.monotonic() < until_s and not stop.wait(min(LOOK_S, pause_s)):
            self._crew.tend()
            if self._shutter.is_wanted():
                return

    def _finish(self, state: str, reason: str) -> str:
        """Conclude who is in view and keep what was learned; returns the reason."""
        self._crew.finish()
        self._figures.set(state=state, reason=reason, camera=state, people=0)
        return reason

    def _fail(self, part: str, reason: str) -> None:
        self._crew.fail()
        self._figures.fail(part, reason)
