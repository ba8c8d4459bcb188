"""The technician's view of what vision sees: frames in; views to the field page out, while a session lasts."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from appliance.app import Eyes
from appliance.display.view import MOST_FOCUS, MOST_PEOPLE, MOST_RATE, Drawing, View
from appliance.display.views import ViewSender
from appliance.health.field import Session, session_at
from appliance.records import Frame, MaskArray
from appliance.vision.aim import Aim, Sight
from appliance.vision.pipeline import Step

LOOK_S = 1.0
"Between two looks at the session."
VIEW_EVERY_S = 0.25
DIGITS = 4
"Of shares: a tenth of a pixel."
log = logging.getLogger(__name__)


class FieldGlass:
    """Owner of what a session remembers; outside a session it remembers, computes and sends nothing."""

    def __init__(self, runtime: Path, eyes: Eyes) -> None:
        self._runtime = runtime
        self._eyes = eyes
        self._sender = ViewSender(runtime)
        self._session: Session | None = None
        self._aim: Aim | None = None
        self._size = (0, 0)
        self._looked_s = self._viewed_s = float("-inf")

    def show(self, frame: Frame, step: Step, frames_per_second: float, now_s: float) -> None:
        """Send a view of `frame`, whose people `step` tells, if a technician is there and one is due."""
        self.tend(now_s)
        if self._session is None or now_s - self._viewed_s < VIEW_EVERY_S:
            return
        self._viewed_s = now_s
        if self._aim is None or self._size != (frame.width, frame.height):
            self._aim, self._size = Aim(self._eyes.image, frame), (frame.width, frame.height)
        sight = self._aim.look(frame, step.shown, step.covered, now_s)
        self._sender.send(view_of(sight, frame, frames_per_second, now_s))

    def tend(self, now_s: float) -> None:
        """To be called at least every few seconds: notices a session's begin, its end and its wish to begin anew."""
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        before, self._session = self._session, session_at(self._runtime, now_s)
        if (before is None) != (self._session is None):
            log.info("the field page is %s", "open" if self._session else "closed")
        if self._session is None or (before is not None and before.take != self._session.take):
            self.forget()

    def forget(self) -> None:
        """Forget everything of the street."""
        self._aim = None

    def close(self) -> None:
        """Forget, and let go of the socket."""
        self.forget()
        self._sender.close()


def view_of(sight: Sight, frame: Frame, frames_per_second: float, now_s: float) -> View:
    """The view that travels."""
    height, width = sight.lines.shape
    drawing = Drawing(width, height, packed(sight.lines), packed(sight.unseen))
    rounded = sight.people[:MOST_PEOPLE].astype(np.float64).round(DIGITS).tolist()
    people = tuple((left, top, wide, high) for left, top, wide, high in rounded)
    return View(
        at_s=now_s,
        width=frame.width,
        height=frame.height,
        # Two frames in one burst, or a sensor that shows a chequerboard, are no reason for vision to end.
        frames_per_second=min(frames_per_second, MOST_RATE),
        people=people,
        focus=tuple(None if one is None else min(round(one, 2), MOST_FOCUS) for one in sight.focus),
        in_focus=None if sight.in_focus is None else round(sight.in_focus, DIGITS),
        brightness=round(sight.brightness, DIGITS),
        dark=round(sight.dark, DIGITS),
        bright=round(sight.bright, DIGITS),
        moving=sight.moving,
        drawing=drawing,
    )


def packed(mask: MaskArray) -> bytes:
    """A mask (H, W) as rows of whole bytes, leftmost pixel first."""
    return np.packbits(mask, axis=1).tobytes()
