"""The passer-by's pause as the board has it: presses in; a pause that vision heeds, and what is left of it, out."""

from __future__ import annotations

import logging
from collections.abc import Callable

from appliance.config import Folders
from appliance.errors import BoothError
from appliance.health.breaks import MINUTES, left_s, pause_for, settle
from appliance.health.moment import Moment, this_moment
from appliance.health.pause import PASSER_BY

log = logging.getLogger(__name__)


class Pausing:
    """Owner of the pauses of people on the spot; lives in the display's event loop."""

    def __init__(self, folders: Folders, moment: Callable[[], Moment] = this_moment) -> None:
        self._folders = folders.state, folders.runtime
        self._moment = moment

    def press(self) -> str:
        """Close the cameras for MINUTES from now on; '', or in one line why that cannot be. Returns when it is kept.

        Vision sees it before the disk has it. Nobody may take a press back: not the operator, nor who pressed.
        """
        try:
            pause_for(*self._folders, PASSER_BY, MINUTES, self._moment())
        except BoothError as error:
            log.error("a passer-by's press is not kept: %s", error)
            return str(error)
        return ""

    def left_s(self) -> float:
        """Seconds until the cameras may open again; 0 where nobody on the spot has paused them."""
        return left_s(*self._folders, self._moment())

    def tend(self) -> None:
        """To be called every few seconds: takes away what is over, and brings to the disk what it has not taken yet."""
        settle(*self._folders, self._moment())
