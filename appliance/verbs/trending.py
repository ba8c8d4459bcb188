"""The trends, while looking: steps of the pipeline in; a day's counts, its release, and a state for the vitals, out."""

from __future__ import annotations

from pathlib import Path

from appliance.config import Settings
from appliance.health.clock import read_clock
from appliance.logbook.chain import newest
from appliance.logbook.notes import Notes
from appliance.uplink.trends.keeping import Keeping, warn_of_few_days
from appliance.uplink.trends.trends import OFF, Trends
from appliance.verbs.figures import Figures
from appliance.vision.outfits import outfit_of
from appliance.vision.pipeline import Step


class Trending:
    """Owner of the trends, if this booth has them, and of how long releases stay; nothing here can end the looking."""

    def __init__(self, settings: Settings, engine: str, figures: Figures, notes: Notes, now_s: float) -> None:
        state = settings.folders.state
        wanted = has_trends(settings)
        self._trends = Trends(settings, engine, lambda: noted_heads(state), now_s) if wanted else None
        self._keeping = Keeping(settings, now_s)
        if wanted:
            warn_of_few_days(settings)
        self._figures, self._notes = figures, notes
        self._noted = ""

    def see(self, step: Step) -> None:
        """Count whoever is settled and could be seen."""
        if self._trends is not None:
            self._trends.see(outfit_of(passage.measures) for passage in step.passages if passage.measures)

    def tend(self, now_s: float) -> None:
        """To be called all the time."""
        self._keeping.tend(now_s, read_clock)
        if self._trends is None:
            self._figures.set(trends=OFF)
            return
        self._trends.tend(now_s, read_clock)
        self._figures.set(trends=self._trends.state)
        if self._trends.head and self._trends.head != self._noted:
            self._noted = self._trends.head
            self._notes.note("trends", self._noted)

    def close(self, now_s: float) -> None:
        """Keep what was counted of today."""
        if self._trends is not None:
            self._trends.close(now_s)


def has_trends(settings: Settings) -> bool:
    """Whether this booth releases any: not where its sign names purposes, and trends are none of them."""
    purposes = settings.sign.purposes
    return settings.trends.release and (not purposes or "trends" in purposes)


def noted_heads(state: Path) -> list[str]:
    """The head of the ledger that the logbook noted last. Raises OSError."""
    noted = newest(state, "trends")
    return [noted] if noted else []
