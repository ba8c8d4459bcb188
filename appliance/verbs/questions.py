"""Somebody asks to be scored: the board's ask in; vision looks at who is on the spot, and its vitals answer, out."""

from __future__ import annotations

from pathlib import Path

from appliance.health.ask import ask_at
from appliance.verbs.figures import Figures
from appliance.vision.pipeline import Pipeline

LOOK_S = 0.2
"Between two looks at the ask."


class Questions:
    """Owner of the ask in force. Owner of it: the vision loop."""

    def __init__(self, runtime: Path, figures: Figures) -> None:
        self._runtime = runtime
        self._figures = figures
        self._number: int | None = None
        self._looked_s = float("-inf")

    def tend(self, pipeline: Pipeline | None, now_s: float) -> None:
        """To be called at least every few seconds, camera or not: notices an ask, and its end, after which all goes."""
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        ask = ask_at(self._runtime, now_s)
        before, self._number = self._number, ask.number if ask is not None else None
        if pipeline is not None and (self._number is not None or before is not None):
            self._say(pipeline.ask(self._number), before if self._number is None else self._number)

    def tell(self, pipeline: Pipeline | None) -> None:
        """After each frame: the answer so far."""
        if pipeline is not None and self._number is not None:
            self._say(pipeline.ask(self._number), self._number)

    def _say(self, answer: str, number: int | None) -> None:
        self._figures.set(ask=number, answer=answer)
