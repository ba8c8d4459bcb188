"""One crowd from its first connection to its last good-bye: a plan and a share of it go in, its tally comes out."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.config import Identity, Settings
from appliance.simulation.accounted import Store
from appliance.simulation.booth import SimulatedBooth
from appliance.simulation.crowd import Crowd
from appliance.simulation.machine import allow_files, cpu_s, open_ledger, resident_mb
from appliance.simulation.memory_outbox import MemoryOutbox
from appliance.simulation.tally import Tally, latency_class
from appliance.uplink.event import ExceptionEvent
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.uplink.outbox_bounds import bounds_from_settings

TELL_S = 1.0
"Between two tallies."
LOOK_S = 0.1
"Between two looks at whether there is enough."
GOODBYE_S = 10.0
"For all to part."
SPARE_FILES = 200
"Besides one socket a booth."


@dataclass(frozen=True)
class Plan:
    """What is simulated."""

    settings: Settings
    "Of each booth but for its name and keys."
    booths: int
    rate_per_h: float
    "Exceptions of one booth."
    seconds: float
    "For so long people pass by, once all booths had their time to connect; infinite: until somebody wants an end."
    seed: int = 7
    ramp_per_s: float = 200.0
    "Booths that connect in a second; one costs a thread 2 ms."
    drain_s: float = 60.0
    "After the end, for what still waits."
    outboxes: Path | None = None
    "Folder of real outboxes, CITY/BOOTH in it, that a later run goes on with; None: in memory."
    keys: Path | None = None
    "Folder with own.crt and own.key in CITY/BOOTH, one pair each; None: all have those of the settings."
    ledger: Path | None = None
    "File for the ids of committed events, a line each, appended."

    def settings_of(self, number: int, state: Path) -> Settings:
        """Settings of booth `number`, from 1, whose own folder is in `state`."""
        city = self.settings.booth.city
        name = Identity(city=city, id=f"sim-{number:06}")
        uplink = self.settings.uplink
        if self.keys is not None:
            own = self.keys / city / name.id
            uplink = uplink.model_copy(update={"cert_file": own / "own.crt", "key_file": own / "own.key"})
        folders = self.settings.folders.model_copy(update={"state": state / city / name.id})
        return self.settings.model_copy(update={"booth": name, "uplink": uplink, "folders": folders})


class Simulation:
    """Some booths of a plan in this thread. Raises BoothError for what no retry mends."""

    def __init__(self, plan: Plan, numbers: range, stop: Callable[[], bool]) -> None:
        allow_files(len(numbers) * (6 if plan.outboxes else 1) + SPARE_FILES)
        self._plan = plan
        self._stop = stop
        self._latencies: Counter[int] = Counter()
        self._before_mb = resident_mb()
        self._ledger = open_ledger(plan.ledger) if plan.ledger else None
        # What is set from afar is kept there; outboxes in memory leave it empty.
        self._folder = (
            tempfile.TemporaryDirectory(prefix="booth-simulate-") if plan.outboxes is None else None
        )
        self._began_s = time.monotonic()
        self._told_s = self._began_s
        self._people_s = self._began_s + len(numbers) / plan.ramp_per_s
        self.crowd = Crowd(self._booths(numbers))

    def run(self, tell: Callable[[Tally], None]) -> Tally:
        """Let people pass by, wait for what waits, say good-bye; `tell` hears how it goes each second."""
        try:
            self._go_on(self._people_s + self._plan.seconds, tell, self._stop)
            self.crowd.rest()
            end_s = time.monotonic() + self._plan.drain_s
            self._go_on(end_s, tell, lambda: not self.crowd.waiting())
            last = self.tally()
            self.crowd.part()
            self._go_on(time.monotonic() + GOODBYE_S, None, self.crowd.over)
            return replace(last, cpu_s=cpu_s())
        finally:
            self.close()

    def close(self) -> None:
        """Let go of connections and files."""
        self.crowd.close()
        if self._ledger:
            self._ledger.close()
        if self._folder:
            self._folder.cleanup()

    def tally(self) -> Tally:
        """How it stands."""
        memory_mb = max(0.0, resident_mb() - self._before_mb)
        counted = self.crowd.tally()
        return replace(counted, cpu_s=cpu_s(), memory_mb=memory_mb, latencies=Counter(self._latencies))

    def _go_on(
        self, until_s: float, tell: Callable[[Tally], None] | None, enough: Callable[[], bool]
    ) -> None:
        """Turn until the time is over or there is `enough`, which may take a look at every booth."""
        looked_s = float("-inf")
        while time.monotonic() < until_s:
            if time.monotonic() >= looked_s + LOOK_S:
                looked_s = time.monotonic()
                if enough():
                    return
            self.crowd.turn()
            if tell and time.monotonic() >= self._told_s + TELL_S:
                self._told_s = time.monotonic()
                tell(self.tally())

    def _booths(self, numbers: range) -> Iterator[tuple[float, SimulatedBooth]]:
        """Each with its time to begin: one after the other, but not in step."""
        state = self._plan.outboxes or Path(self._folder.name if self._folder else "")
        for place, number in enumerate(numbers):
            # Its own chance: what one booth draws does not depend on the pace of the others.
            chance = random.Random(f"{self._plan.seed}/{number}")
            begin_s = self._began_s + (place + chance.random()) / self._plan.ramp_per_s
            settings = self._plan.settings_of(number, state)
            yield (
                begin_s,
                SimulatedBooth(
                    settings,
                    self._store(settings),
                    self._plan.rate_per_h,
                    chance,
                    begin_s,
                    self._people_s,
                    committed=self._note,
                    arrived=lambda seconds: self._latencies.update((latency_class(seconds),)),
                ),
            )

    def _store(self, settings: Settings) -> Store:
        if self._plan.outboxes is None:
            return MemoryOutbox()
        return Outbox(settings.folders.state / OUTBOX, bounds_from_settings(settings.uplink))

    def _note(self, event: ExceptionEvent) -> None:
        if self._ledger:
            self._ledger.write(f"{event.id}\n".encode("ascii"))
