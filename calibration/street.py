"""What one street wears, learned on line: one vector per passage and measure in, aggregates kept, banks out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from appliance.artifacts import MIN_SUPPORTERS
from appliance.records import FloatArray
from appliance.vision.novelty import fuse, tail_share
from calibration.pending import Pending
from calibration.prototypes import Figures
from calibration.sketch import Sketch
from calibration.wear import Wear, wear_from_mean, wear_of

FIRST = 20
"People whose vectors are held together for the first prototypes; after that each one is folded in at once."
HOLD_S = 20.0
"Longest time that a vector is held; the promise is 30 s."
EVERY = 20
"People between two looks at whether prototypes should split or merge."
FADE_DAYS = 28.0
"A passage counts 1/e after so many days: what is remembered is 28 days old on average."
LONGEST_FADE_DAYS = 56.0
"A booth that stood dark for months, or whose clock jumped, forgets no more than this at once."


@dataclass(frozen=True)
class Held:
    """One person waiting for the first prototypes."""

    vectors: Mapping[str, FloatArray]
    since_s: float


class Street:
    """Owner of all that is known of a street while it is learned; knows nobody for longer than HOLD_S.

    The result depends on the people and their order only, not on the speed of the machine, except that the first
    FIRST people of a source that takes longer than HOLD_S for them are clustered in smaller parts.
    """

    def __init__(self, neighbours: int = 1, seed: int = 0) -> None:
        self.neighbours = neighbours
        self.people = 0
        "Distinct passages ever folded in."
        self.wears: dict[str, Wear] = {}
        self.fused = Sketch()
        self._rng = np.random.default_rng(seed)
        self._held: list[Held] = []
        self._pending = Pending()

    @property
    def known(self) -> int:
        """People seen so far, those included that are too few for a prototype."""
        return self.people if self.wears else self._pending.people + len(self._held)

    def see(self, vectors: Mapping[str, FloatArray], now_s: float) -> None:
        """Learn one person by raw vectors, measure -> (D,); `now_s` on any clock that runs evenly."""
        self.settle(now_s)
        if self.wears:
            self._fold(vectors)
            return
        self._held.append(Held(vectors, now_s))
        if len(self._held) >= FIRST:
            self._begin()

    def settle(self, now_s: float) -> None:
        """Keep the promise: whoever has been held for HOLD_S becomes part of an aggregate or is dropped."""
        if self._held and now_s - self._held[0].since_s >= HOLD_S:
            self.rest()

    def rest(self) -> None:
        """Hold nobody any longer: ten people make prototypes, fewer a mean, one alone is dropped."""
        if len(self._held) >= MIN_SUPPORTERS:
            self._begin()
        elif self._held:
            self._pending.add([held.vectors for held in self._held])
            self._held = []
            if self._pending.people >= MIN_SUPPORTERS:
                self._begin_from_mean()

    def forget(self) -> None:
        """Drop whoever is held, without learning from them."""
        self._held = []

    def ready(self) -> bool:
        """Whether a bank can be made: prototypes are there, and enough distances to calibrate them."""
        return bool(self.wears) and self.fused.enough()

    def fade(self, days: float) -> None:
        """Let `days` go by."""
        kept = float(np.exp(-min(max(days, 0.0), LONGEST_FADE_DAYS) / FADE_DAYS))
        self.fused.fade(kept)
        for wear in self.wears.values():
            wear.fade(kept)

    def _begin(self) -> None:
        """The first prototypes, from people at hand; whoever is only pending adds nothing any more."""
        people, self._held, self._pending = self._held, [], Pending()
        self.people = len(people)
        distances = {}
        for name in people[0].vectors:
            raw = np.stack([one.vectors[name] for one in people])
            self.wears[name], distances[name] = wear_of(name, raw, self.neighbours, self._rng)
            self.wears[name].sketch.add(distances[name])
        self._fuse(distances)

    def _begin_from_mean(self) -> None:
        """One prototype, from the mean of those who passed too far apart to be held together."""
        pending, self._pending = self._pending, Pending()
        self.people = pending.people
        for name, mean in pending.means.items():
            self.wears[name] = wear_from_mean(name, mean, pending.variances[name], pending.people)
            self.wears[name].sketch.add(pending.distances[name])
        self._fuse(pending.distances)

    def _fold(self, vectors: Mapping[str, FloatArray]) -> None:
        """Test, then train: the distance is taken and judged before the person has moved anything."""
        found = {name: wear.away(vectors[name], self.neighbours) for name, wear in self.wears.items()}
        distances = {name: np.array([away]) for name, (away, _) in found.items()}
        self._fuse(distances)
        for name, wear in self.wears.items():
            wear.sketch.add(distances[name])
            wear.learn(vectors[name], found[name][1])
        self.people += 1
        if self.people % EVERY == 0:
            for wear in self.wears.values():
                wear.grow()

    def _fuse(self, distances: Mapping[str, Figures]) -> None:
        """Count how far N people were by all measures together, measure -> (N,), as a judge would say it."""
        tails = {name: self.wears[name].sketch.tail() for name in distances}
        self.fused.add(
            fuse({name: -np.log(tail_share(away, tails[name])) for name, away in distances.items()})
        )
