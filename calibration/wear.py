"""What a street wears by one measure: prototypes, their scale and how far passages were, as it is learned."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from appliance.artifacts import Growth, Measure
from appliance.records import FloatArray
from appliance.vision.codes import code_lengths, words_of
from appliance.vision.novelty import is_coded
from calibration.growth import grow
from calibration.heldout import FOLDS, held_out_distances, left_out_codes, left_out_distances
from calibration.prototypes import Figures, find_prototypes, one_prototype
from calibration.scale import STANDARDISED, unit_of
from calibration.sketch import Sketch, sketch_of
from calibration.styles import Styles, distances_from, fold, fresh_styles, one_style, styles_of
from calibration.told import Told, tell, tell_all

OUTGROWN = 4.0
"""Old distances count by this power of the typical distance now over that of then.

Measured with 160 passages in four far styles, at a wanted 5 %: 8.8 %, and 2.6 % without; on photos both give 5 %.
"""


@dataclass
class Wear:
    """One measure of a street. Owner: the street."""

    name: str
    styles: Styles
    centre: Figures
    "Shape (D,): mean of the raw figures."
    variance: Figures
    "Shape (D,): of the raw figures."
    sketch: Sketch = field(default_factory=Sketch)
    "Distances that passages had before they were folded in."
    finest: float = np.inf
    "The least level so far."
    told: Told | None = None
    "What a bank that was written says of the prototypes; None before the first one."

    @property
    def unit(self) -> Figures:
        """What one standardised unit is in raw figures, shape (D,)."""
        return unit_of(self.name, self.variance)

    @property
    def level(self) -> float:
        """Typical distance of passages from their prototypes as they are now, standardised, > 0."""
        styles = self.styles
        return max(1e-6, float(np.sqrt(styles.weights @ styles.scatter / max(styles.weights.sum(), 1e-12))))

    def away(self, vector: FloatArray, neighbours: int) -> tuple[float, int]:
        """Mean distance of a raw vector (D,) from its nearest prototypes, and the row of the nearest."""
        if is_coded(self.name):
            return float(code_lengths(vector[None], words_of(self.styles.means[0]))[0]), 0
        distances = distances_from(self.styles, vector, self.unit)
        return float(np.sort(distances)[:neighbours].mean()), int(np.argmin(distances))

    def learn(self, vector: FloatArray, row: int) -> None:
        """Fold a raw vector (D,) into the scale and into prototype `row`."""
        share = 1 / (self.styles.weights.sum() + 1)
        gap = vector - self.centre
        self.centre = self.centre + share * gap
        self.variance = (1 - share) * (self.variance + share * gap**2)
        fold(self.styles, row, vector, self.unit)
        if self.told:
            self.told.count(self.styles.origins[row])
        if not is_coded(self.name):
            self._outgrow()

    def _outgrow(self) -> None:
        """Let old distances count less as the prototypes come closer to the street than they were then."""
        level = self.level
        if level < self.finest:
            self.sketch.fade((level / self.finest) ** OUTGROWN if np.isfinite(self.finest) else 1.0)
            self.finest = level

    def fade(self, kept: float) -> None:
        """Let everything so far count `kept` (0..1) of what it did."""
        self.styles.weights *= kept
        self.sketch.fade(kept)

    def tell(self) -> Told:
        """What may be written of the prototypes now; whoever is too new in it is in a later one."""
        if self.told is None:
            self.told = tell_all(self.styles, self.centre)
        else:
            self.told = tell(self.styles, self.told, self.unit)
        return self.told

    def grow(self) -> None:
        """Split, merge and drop prototypes where that is due; a code has one mean of all."""
        if not is_coded(self.name):
            self.styles = grow(self.styles, self.unit)


def wear_of(name: str, raw: FloatArray, neighbours: int, rng: np.random.Generator) -> tuple[Wear, Figures]:
    """The first prototypes of one measure from raw vectors (N, D) at hand, and held-out distances (N,)."""
    variance = raw.astype(np.float64).var(axis=0)
    unit = unit_of(name, variance)
    vectors = (raw / unit).astype(np.float32)
    if is_coded(name):
        found = one_prototype(vectors)
        distances = left_out_codes(raw, found.centres[0], len(raw))
    else:
        found = find_prototypes(vectors, rng)
        few = len(raw) < 2 * FOLDS
        distances = (
            left_out_distances(vectors, found, neighbours)
            if few
            else held_out_distances(vectors, neighbours, rng)
        )
    centre = raw.astype(np.float64).mean(axis=0)
    return Wear(name, styles_of(raw, found, unit), centre, variance), distances


def wear_from_mean(name: str, mean: Figures, variance: Figures, people: int) -> Wear:
    """One prototype of which only mean and variance (D,) of its people are known."""
    unit = unit_of(name, variance)
    scatter = float((variance / unit**2).sum())
    return Wear(name, one_style(mean, people, scatter), mean, variance)


def measure_from_wear(wear: Wear, told: Told | None = None) -> Measure:
    """The measure of a bank, of what may be `told` or else of all. Raises ValueError before ten distances."""
    styles, centre, unit = (
        (told.styles, told.centre, wear.unit) if told else (wear.styles, wear.centre, wear.unit)
    )
    if wear.name not in STANDARDISED:
        centre = np.zeros(len(unit))
    return Measure(
        ((styles.means - centre) / unit).astype(np.float32),
        styles.supporters.copy(),
        centre.astype(np.float32),
        unit.astype(np.float32),
        wear.sketch.tail(),
        Growth(
            styles.weights.copy(),
            styles.scatter.copy(),
            wear.sketch.cells(),
        ),
    )


def wear_from_measure(name: str, measure: Measure, growth: Growth) -> Wear:
    """The reverse: learning goes on from what a bank tells."""
    unit, centre = measure.spread.astype(np.float64), measure.centre.astype(np.float64)
    styles = fresh_styles(
        measure.prototypes * unit + centre, growth.weights, measure.supporters, growth.scatter
    )
    variance = (unit / np.sqrt(len(unit))) ** 2 if name in STANDARDISED else np.zeros(len(unit))
    wear = Wear(name, styles, centre, variance, sketch_of(growth.cells))
    wear.told = tell_all(styles, centre)
    return wear
