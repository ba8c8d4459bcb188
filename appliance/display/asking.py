"""The button "score me": presses and vision's vitals in; the ask that vision reads, and how it stands, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.answers import ANSWERS, LATE, LOOKING, TOLD
from appliance.config import Capture
from appliance.errors import BoothError
from appliance.health.ask import Ask, end_ask, write_ask

NO_SPOT = "no-spot"
"The settings have no zone of kind 'spot'."
NOT_LOOKING = "not-looking"
"Vision is paused, blind, starting or silent; the board says which beside it."
NOT_WRITTEN = "not-written"
"The runtime folder takes no file."
REFUSALS = (NO_SPOT, NOT_LOOKING, NOT_WRITTEN)
"Why nobody is asked; the board has a reply for each, as for each of ANSWERS."
SHOWN_S = 10.0
"A reason stays to be read for so long after the ask is over."


@dataclass(frozen=True)
class Asked:
    """How the last ask stands."""

    answer: str
    "One of ANSWERS, or NOT_LOOKING."
    left_s: float
    "Until it ends; 0 once it is over."


class Asking:
    """Owner of the ask; lives in the display's event loop. Times are monotonic seconds."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self._ask: Ask | None = None
        self._stopped = False
        "The ask ended with a pause."

    def press(self, capture: Capture, vitals: Mapping[str, Any] | None, now_s: float) -> str:
        """Ask anew by the settings in force and vision's fresh `vitals`; '', or why not, one of REFUSALS."""
        if capture.spot is None:
            return NO_SPOT
        if vitals is None or vitals.get("state") != "running":
            return NOT_LOOKING
        try:
            self._ask, self._stopped = write_ask(self._runtime, now_s), False
        except BoothError:
            return NOT_WRITTEN
        return ""

    def state(self, vitals: Mapping[str, Any] | None, now_s: float) -> Asked | None:
        """How it stands; None when nobody asked lately. The answer is vision's, by the number of the ask."""
        if self._ask is None or now_s >= self._ask.until_s + SHOWN_S:
            return None
        left_s = max(0.0, self._ask.until_s - now_s)
        if self._stopped or vitals is None or vitals.get("state") != "running":
            return Asked(NOT_LOOKING, left_s)
        answer = vitals.get("answer") if vitals.get("ask") == self._ask.number else LOOKING
        known = answer if answer in ANSWERS else LOOKING
        return Asked(LATE if known == LOOKING and left_s == 0 else known, left_s)

    def tend(self, vitals: Mapping[str, Any] | None, now_s: float) -> None:
        """To be called now and then: an ask that is answered ends, lest others who come onto the spot are looked at.

        With a pause it ends as well; where vision is blind for a moment it goes on.
        """
        stands = self.state(vitals, now_s)
        if vitals is not None and vitals.get("state") == "paused":
            self.stop(now_s)
        elif stands is not None and stands.answer == TOLD:
            self._end(now_s)

    def stop(self, now_s: float) -> None:
        """Somebody wants the cameras closed: whoever asked is told that nobody looks."""
        self._stopped = True
        self._end(now_s)

    def _end(self, now_s: float) -> None:
        if self._ask is not None and now_s < self._ask.until_s:
            end_ask(self._runtime)
            self._ask = Ask(now_s, self._ask.number)

    def close(self) -> None:
        """Ask no more."""
        if self._ask is not None:
            end_ask(self._runtime)
