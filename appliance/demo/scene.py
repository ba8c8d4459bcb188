"""What the demo shows at one moment, as plain lines where no terminal is: only what changed is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from appliance.demo.tally import Figures
from appliance.demo.telling import event_line
from appliance.uplink.event import ExceptionEvent


@dataclass(frozen=True)
class Scene:
    """One moment of the demo."""

    title: str
    figures: Figures
    standings: tuple[tuple[str, str], ...]
    "Name and standing of each process and the broker."
    fresh: tuple[ExceptionEvent, ...]
    "Events that came since the scene before."
    hints: tuple[str, ...]
    "Lines that stay: what else to look at, how to stop."


class Presenter(Protocol):
    """Somewhere to show scenes. Any method may raise OSError when nobody can see them any more."""

    def show(self, scene: Scene) -> None:
        """Show `scene`."""

    def close(self) -> None:
        """Leave the place tidy."""


class Lines:
    """Plain lines, for pipes, logs and journals: each standing and each event once."""

    def __init__(self, clock: Callable[[], str] = lambda: time.strftime("%H:%M:%S")) -> None:
        self._clock = clock
        self._told: dict[str, str] = {}
        self._hinted = False

    def show(self, scene: Scene) -> None:
        """Print what is new."""
        if not self._hinted:
            self._hinted = True
            for hint in scene.hints:
                print(hint)
        for name, standing in (*scene.standings, ("staff board", scene.figures.url)):
            if standing and self._told.get(name) != standing:
                self._told[name] = standing
                self._print(f"{name}: {standing}")
        for event in scene.fresh:
            self._print(event_line(event))

    def _print(self, line: str) -> None:
        print(f"{self._clock()} {line}", flush=True)

    def close(self) -> None:
        """Nothing to tidy up."""


class Nobody:
    """Shows nothing: the terminal is gone."""

    def show(self, scene: Scene) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
