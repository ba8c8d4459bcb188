"""The booth as the demo plays it: a stage and a broker go in; kept processes, figures and scenes come out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from appliance.demo.child import Child
from appliance.demo.listener import Listener
from appliance.demo.scene import Scene
from appliance.demo.stage import BOOTH, CITY, Stage
from appliance.demo.supervisor import Kept, Restarts, end_all
from appliance.demo.tally import Figures, Tally
from appliance.demo.telling import process_line, watch_command
from appliance.health.vitals import read_vitals
from appliance.uplink.broker import LocalBroker
from appliance.uplink.outbox import OUTBOX, Outbox

GRACE_S = 5.0
"For a process to end by itself."
LISTEN_S = 5.0
"For the subscriber to be let in."
PROCESSES = ("vision", "uplink", "display")


class BrokerLife:
    """One life of the local broker, as the supervisor knows lives."""

    def __init__(self, broker: LocalBroker) -> None:
        self._broker = broker
        broker.start()

    def code(self) -> int | None:
        """1 when it died."""
        return None if self._broker.alive() else 1

    def ask(self) -> None:
        """Nothing yet: wipe() ends it in its own clean way."""

    def wipe(self) -> None:
        """End it; returns when it is gone."""
        self._broker.stop()

    def lines(self) -> list[str]:
        """It has no pipe to speak of."""
        return ["the broker died"]


class Booth:
    """Broker, three processes and a subscriber. Call turn() a few times a second, from the main thread."""

    def __init__(
        self, stage: Stage, broker: LocalBroker, command: Callable[[str, Path], tuple[str, ...]]
    ) -> None:
        self._stage = stage
        self._tally = Tally(stage.runtime)
        self._listener = Listener(broker.port, CITY, BOOTH)
        self._worked: set[str] = set()
        self._opened_s = 0.0
        self._hints = (f"watch it: {watch_command(broker.port)}", "Ctrl-C stops everything.")
        self._broker_url = broker.url
        self.broker = Kept("broker", lambda: BrokerLife(broker), Restarts())
        self.processes = [
            Kept(
                name,
                starter(command(name, stage.config)),
                Restarts(),
                ends=name == "vision" and not stage.repeat,
            )
            for name in PROCESSES
        ]

    def open(self) -> None:
        """Start the broker and the subscriber, so that no event comes before somebody listens."""
        self._opened_s = time.monotonic()
        self.broker.tend(self._opened_s)
        self._listener.start()

    def all(self) -> list[Kept]:
        """The broker and the processes."""
        return [self.broker, *self.processes]

    def turn(self, now_s: float) -> Scene:
        """Look after everybody; returns what is to be shown at `now_s` (monotonic)."""
        self.broker.tend(now_s)
        for kept in self.processes if self._heard(now_s) else ():
            vitals = read_vitals(self._stage.runtime, kept.name, now_s)
            if vitals is not None and vitals.get("state") not in ("starting", "failed"):
                self._worked.add(kept.name)
            kept.tend(now_s, kept.name in self._worked)
        fresh = tuple(self._listener.take())
        figures = self.figures(now_s)
        title = f"booth demo: {self._stage.source}"
        return Scene(title, figures, self._standings(figures), fresh, self._hints)

    def _heard(self, now_s: float) -> bool:
        """Somebody listens, so that the first event is not published to nobody; does not wait for ever."""
        return self._listener.listening() or now_s - self._opened_s > LISTEN_S

    def figures(self, now_s: float) -> Figures:
        """The counts at `now_s`."""
        return self._tally.read(now_s, self._listener.distinct)

    def _standings(self, figures: Figures) -> tuple[tuple[str, str], ...]:
        ended = figures.vision in ("ended", "stopped")
        reason = f" ({figures.reason})" if figures.reason and not ended else ""
        told = {
            "broker": f"up, {self._broker_url}",
            "vision": f"{figures.vision}{reason}",
            "uplink": figures.uplink,
            "display": "running",
        }
        return tuple((kept.name, process_line(kept, self._told(kept, told))) for kept in self.all())

    def _told(self, kept: Kept, told: dict[str, str]) -> str:
        known = kept is self.broker or kept.name in self._worked
        return told[kept.name] if known else "starting"

    def failed(self) -> Kept | None:
        """Somebody who will not come back."""
        return next((kept for kept in self.all() if kept.state == "failed"), None)

    def ended(self) -> bool:
        """Vision has played its source to the end."""
        return self.processes[0].state == "ended"

    def drained(self) -> bool:
        """Every exception has arrived."""
        figures = self.figures(time.monotonic())
        return figures.outbox_rows == 0 and figures.lost == 0

    def end_vision(self, hurry: Callable[[], bool]) -> None:
        """No more events from now on; the others go on."""
        vision = self.processes[0]
        end_all([vision], GRACE_S, hurry)
        vision.state = "ended"

    def last_figures(self) -> Figures:
        """The counts after close(): what waits is counted in the outbox itself, uplink's word may be old."""
        with contextlib.closing(Outbox(self._stage.folder / "state" / OUTBOX)) as outbox:
            return replace(self.figures(time.monotonic()), outbox_rows=outbox.rows())

    def close(self, hurry: Callable[[], bool]) -> None:
        """End everybody, the broker last."""
        end_all(self.processes, GRACE_S, hurry)
        self._listener.close()
        end_all([self.broker], 0)


def starter(command: tuple[str, ...]) -> Callable[[], Child]:
    """Something that starts `command` anew each time."""
    return lambda: Child(command)
