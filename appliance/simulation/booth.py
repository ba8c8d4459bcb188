"""One simulated booth: chance and a clock go in; what vision would commit and say comes out, by a real uplink."""

from __future__ import annotations

import random
from collections.abc import Callable

from appliance.config import Settings
from appliance.health.clock import read_clock
from appliance.records import Decision
from appliance.simulation.accounted import Accounted, Store
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import ExceptionEvent, payload_from_event
from appliance.uplink.life import Life
from appliance.uplink.status import Values
from appliance.vocabulary import COLOURS, PARTS, PATTERNS

TURN_S = 5.0
"Between two steps of a booth with nothing to do: ten thousand that look often would do nothing else."
BUSY_S = 0.5
"The same while events are on the way."
FRAMES_PER_S = 25.0
PASSAGES_PER_EVENT = 20
"At the usual share of exceptions."
NEVER = float("inf")


class SimulatedBooth:
    """A booth that connects at `now_s`, with people from `people_s` on: `rate_per_h` exceptions an hour, Poisson.

    One thread. The boot in its ids is new in each run, whatever the chance: a backend that knows the last run's
    ids would drop them. `committed` is told of each event that its outbox took, `arrived` of the seconds from
    there to the broker's word for it.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        rate_per_h: float,
        chance: random.Random,
        now_s: float,
        people_s: float,
        *,
        committed: Callable[[ExceptionEvent], None],
        arrived: Callable[[float], None],
    ) -> None:
        self.outbox = Accounted(store, self._note_arrival)
        self.life = Life(settings, self.outbox, self.vitals, now_s, turn_s=TURN_S, draw=chance.uniform)
        booth = settings.booth
        self._anonymizer = Anonymizer(Origin(booth.city, booth.id, "simulated", "simulated"))
        self._chance = chance
        self._rate_per_s = rate_per_h / 3600
        self._began_s = now_s
        self._next_s = people_s + self._pause_s()
        self._last_event = ""
        self._committed = committed
        self._arrived = arrived

    def step(self, now_s: float) -> float:
        """Let happen what is due at `now_s`; returns when to be called again unless the socket is ready before."""
        while self._next_s <= now_s:
            self._happen()
        due_s = min(self.life.step(now_s), self._next_s)
        return min(due_s, now_s + BUSY_S) if self.outbox.waiting else due_s

    def rest(self) -> None:
        """Nobody passes by any more."""
        self._next_s = NEVER

    def vitals(self, now_s: float) -> Values:
        """What its vision would tell; all is well."""
        age_s = max(0.0, now_s - self._began_s)
        events = self._anonymizer.sequence
        parts = dict.fromkeys(("camera", "inference", "calibrated"), "ok")
        counts = {"frames": int(age_s * FRAMES_PER_S), "late": 0, "abstained": events}
        counts |= {"passages": events * PASSAGES_PER_EVENT, "exceptions": events}
        origin = {"camera_path": "simulated", "engine": "simulated", "bank": "simulated"}
        machine = {"frames_per_second": FRAMES_PER_S, "memory_free_mb": 3100, "temperature_c": 50.0}
        return {"state": "running", **parts, **counts, **origin, **machine, "last_event": self._last_event}

    def close(self) -> None:
        """Let go of connection and outbox."""
        self.life.close()
        self.outbox.store.close()

    def _happen(self) -> None:
        """One exception, committed at the moment that chance gave it."""
        clock = read_clock()
        event = self._anonymizer.event(self._decision(), clock)
        if self.outbox.commit(payload_from_event(event), self._next_s, clock):
            self._last_event = event.id
            self._committed(event)
        self._next_s += self._pause_s()

    def _decision(self) -> Decision:
        chance = self._chance
        why = (chance.choice(COLOURS), chance.choice(PATTERNS), chance.choice(PARTS))
        rarity = chance.uniform(0.95, 1.0)
        return Decision(0, 0.0, (0.0, 0.0, 1.0, 1.0), rarity, 3.0, why, "street", exception=True)

    def _pause_s(self) -> float:
        return self._chance.expovariate(self._rate_per_s) if self._rate_per_s else NEVER

    def _note_arrival(self, row: int, born_s: float) -> None:
        taken_s = self.life.drain.taken_s(row)
        if taken_s is not None:
            self._arrived(max(0.0, taken_s - born_s))
