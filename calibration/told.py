"""What banks on a disk may tell of prototypes that go on learning: styles in; rows that ten more people moved, out.

Two states of a file that are one person apart tell that person: old + (new - old) * weight is the vector (measured on
a quiet booth whose bank was written anew every five minutes: 39 of 39 people found among 400). So a row that was told
stays as it was told until MIN_SUPPORTERS more people have moved it, or whatever it has split into or merged with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from appliance.artifacts import MIN_SUPPORTERS
from appliance.records import IntArray, MaskArray
from calibration.growth import thin_out
from calibration.prototypes import MAX_PROTOTYPES, Figures
from calibration.styles import Styles, joined, take_rows


@dataclass
class Told:
    """The prototypes of one measure as they were told last. Owner: the wear."""

    styles: Styles
    "T rows; they descend from nobody."
    fresh: IntArray
    "Shape (T,): people since then, each counted at one of the rows that his prototype comes of."
    centre: Figures
    "Shape (D,), raw: where figures are counted from. It only shifts all, so it stays: the mean would tell of all."

    def count(self, origins: MaskArray) -> None:
        """One more person has moved a prototype of these `origins` (T,)."""
        self.fresh[int(np.argmax(origins))] += 1


def tell_all(styles: Styles, centre: Figures) -> Told:
    """The first time: every row is of ten people or more, and nothing older is there to compare it with."""
    count = len(styles)
    rows = orphans(take_rows(styles, np.arange(count)))
    styles.origins = np.eye(count, dtype=bool)
    return Told(rows, np.zeros(count, np.int64), centre.copy())


def tell(styles: Styles, before: Told, unit: Figures) -> Told:
    """Rows of which enough is new as they are, the others as they were told `before`, with their weight of today.

    A weight is a number of people without their vectors. `styles` know from then on which of the new rows they come of.
    """
    kin = kinship(styles.origins)
    held = kin @ before.fresh < MIN_SUPPORTERS
    ripe = ~styles.origins[:, held].any(axis=1)
    old = take_rows(before.styles, np.flatnonzero(held))
    old.weights = weights_today(styles, before.styles.weights, kin)[held]
    rows = joined(orphans(take_rows(styles, np.flatnonzero(ripe))), old)
    fresh = np.concatenate([np.zeros(int(ripe.sum()), np.int64), before.fresh[held]])
    styles.origins = np.hstack([np.eye(len(styles), dtype=bool)[:, ripe], styles.origins[:, held]])
    if len(rows) > MAX_PROTOTYPES:
        rows.origins = np.eye(len(rows), dtype=bool)
        rows = thin_out(rows, unit)
        fresh = rows.origins @ fresh
        styles.origins = styles.origins @ rows.origins.T
    return Told(orphans(rows), fresh, before.centre)


def kinship(origins: MaskArray) -> MaskArray:
    """Which of T told rows come together in a row of `origins` (P, T), by however many others, shape (T, T)."""
    kin: MaskArray = origins.T @ origins
    while (wider := kin @ kin).sum() > kin.sum():
        kin = wider
    return kin


def weights_today(styles: Styles, told: Figures, kin: MaskArray) -> Figures:
    """Weights (T,) of told rows, scaled so that rows of one kin weigh what their prototypes weigh now."""
    now = (kin @ styles.origins.T) @ styles.weights
    scaled: Figures = told * now / np.maximum(kin @ told, 1e-300)
    return scaled


def orphans(styles: Styles) -> Styles:
    """The same rows, their arrays shared, without their origins."""
    return replace(styles, origins=np.zeros((len(styles), 0), bool))
