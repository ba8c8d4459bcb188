"""The view while a technician is here: asks vision for it through a file, reads it from a socket, lets go of both."""

from __future__ import annotations

import logging
from pathlib import Path

from appliance.display.view import View
from appliance.display.views import STALE_S, ViewReader
from appliance.errors import BoothError
from appliance.health.field import end_session, renew_session

RENEW_EVERY_S = 4.0
log = logging.getLogger(__name__)


class Window:
    """Owner of vision's session: open while somebody looks, shut soon after."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self._reader: ViewReader | None = None
        self._view: View | None = None
        self._renewed_s = float("-inf")
        self._take = 0
        self.fault = ""
        "Why there can be no view; '' while there can."

    def again(self) -> None:
        """Let vision begin the drawing of the empty street anew, as after the camera was turned."""
        self._take += 1
        self._renewed_s = float("-inf")

    def keep_open(self, now_s: float) -> None:
        """Ask vision for views from now on; to be called again and again while somebody looks."""
        if now_s < self._renewed_s + RENEW_EVERY_S:
            return
        self._renewed_s = now_s
        try:
            if self._reader is None:
                self._reader = ViewReader(self._runtime)
            renew_session(self._runtime, now_s, self._take)
            self.fault = ""
        except BoothError as error:
            if not self.fault:
                log.warning("no view for the field page: %s", error)
            self.fault = str(error)

    def look(self, now_s: float) -> View | None:
        """The freshest view, None while vision sends none."""
        if self._reader is not None:
            self._view = self._reader.read(now_s) or self._view
        if self._view is not None and abs(now_s - self._view.at_s) > STALE_S:
            self._view = None
        return self._view

    def shut(self) -> None:
        """Nobody looks any more."""
        if self._reader is None:
            return
        end_session(self._runtime)
        self._reader.close()
        self._reader, self._view, self._renewed_s = None, None, float("-inf")
