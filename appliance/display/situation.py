"""What the board knows of the booth at one moment: vitals, pause and ask in; one record that can be compared out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from appliance.display.asking import Asked
from appliance.display.standing import (
    PAUSED,
    Capture,
    Standing,
    capture_from_vitals,
    passages_in,
    standing_from_vitals,
)


@dataclass(frozen=True)
class Situation:
    """All but the cards; another one is a change that the page is told of."""

    standing: Standing = Standing("silent")
    capture: Capture = "unknown"
    proven_s: float = float("-inf")
    "When vision has proven that, on the monotonic clock."
    learned: int | None = None
    "Passages that the rarity is known from."
    needed: int | None = None
    spot: bool = False
    "A spot is drawn for those who ask."
    answer: str = ""
    "To who asked last, one of answers.ANSWERS or asking.NOT_LOOKING; empty: nobody did lately."
    ask_ends_s: int = 0
    "On the monotonic clock."
    pause_ends_s: int = 0
    "When the pauses that lift themselves are over, on the monotonic clock; 0: there are none."

    @property
    def is_paused(self) -> bool:
        """Whether anybody wants the cameras closed: vision says so, or will in a moment."""
        return self.standing.name in PAUSED or self.pause_ends_s > 0


def situation_of(
    vitals: dict[str, Any] | None, asked: Asked | None, pause_left_s: float, *, spot: bool, now_s: float
) -> Situation:
    """The situation at `now_s`, by the fresh `vitals` of vision, None while it has none."""
    return Situation(
        standing=standing_from_vitals(vitals),
        capture=capture_from_vitals(vitals),
        proven_s=float("-inf") if vitals is None else min(float(vitals["written_s"]), now_s),
        learned=passages_in(vitals, "learned"),
        needed=passages_in(vitals, "needed"),
        spot=spot,
        answer="" if asked is None else asked.answer,
        ask_ends_s=0 if asked is None else round(now_s + asked.left_s),
        pause_ends_s=round(now_s + pause_left_s) if pause_left_s > 0 else 0,
    )
