"""The view while a technician is here: asks vision for it through a file, reads it from a socket, lets go of both."""

from __future__ import annotations

import logging
from collections import deque
from pathlib import Path

from appliance.display.field.words import Word, said
from appliance.display.view import View
from appliance.display.views import STALE_S, ViewReader
from appliance.errors import BoothError
from appliance.health.field import end_session, renew_session

RENEW_EVERY_S = 4.0
MOST_LATELY = 80
"Views that are remembered, 20 s of them: boxes and figures, for as long as the page is open."
log = logging.getLogger(__name__)


class Window:
    """Owner of vision's session: open while somebody looks, shut soon after."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self._reader: ViewReader | None = None
        self._lately: deque[View] = deque(maxlen=MOST_LATELY)
        self._renewed_s = float("-inf")
        self._take = 0
        self.fault: Word | None = None
        "Why there can be no view; None while there can."

    def again(self) -> None:
        """Let vision begin the drawing of the empty street anew, as after the camera was turned."""
        self._take += 1
        self._renewed_s = float("-inf")
        self._lately.clear()

    def keep_open(self, now_s: float) -> None:
        """Ask vision for views and take what came; to be called a few times a second while somebody looks."""
        if now_s >= self._renewed_s + RENEW_EVERY_S:
            self._renewed_s = now_s
            self._renew(now_s)
        view = self._reader.read(now_s) if self._reader is not None else None
        if view is not None:
            self._lately.append(view)

    def _renew(self, now_s: float) -> None:
        try:
            if self._reader is None:
                self._reader = ViewReader(self._runtime)
            renew_session(self._runtime, now_s, self._take)
            self.fault = None
        except BoothError as error:
            if not self.fault:
                log.warning("no view for the field page: %s", error)
            self.fault = said("view-fault", why=str(error))

    def look(self, now_s: float) -> View | None:
        """The freshest view, None while vision sends none."""
        fresh = self.lately(now_s, STALE_S)
        return fresh[-1] if fresh else None

    def lately(self, now_s: float, seconds: float) -> list[View]:
        """The views of the last seconds, oldest first."""
        return [view for view in self._lately if abs(now_s - view.at_s) <= seconds]

    def shut(self) -> None:
        """Nobody looks any more."""
        self._lately.clear()
        if self._reader is None:
            return
        end_session(self._runtime)
        self._reader.close()
        self._reader, self._renewed_s = None, float("-inf")
