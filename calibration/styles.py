"""The prototypes of one measure while they are learned: one vector per passage in, running aggregates kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.artifacts import MIN_SUPPORTERS
from appliance.records import FloatArray, IntArray, MaskArray
from calibration.prototypes import Figures, Prototypes

LARGEST_SHARE = 1 / MIN_SUPPORTERS
"No passage moves an aggregate by more: the last one of a faded prototype must not be readable from it."
AMNESIA = 1.0
"Passages count by (i/n)**AMNESIA, as the early ones were sorted by prototypes that were still rough."
REACH = 2.0
"""Pull of a far outfit is cut at so many typical distances (bounded influence, Huber 1964).

A style that the street really wears goes on pulling until it has its own prototype; a single one cannot.
"""
DIRECTIONS = 2
"Main directions kept per prototype."
ROUNDS = 10
"Turns of a direction while the passages are at hand; signs hardly change after five."


@dataclass
class Styles:
    """Prototypes of one measure. Owner: the street; arrays are replaced or changed in place by it alone.

    Every row is an aggregate of at least MIN_SUPPORTERS passages from its first moment on. Lengths are in the
    standardised units that `unit` makes of raw figures.
    """

    means: Figures
    "Shape (P, D), raw."
    weights: Figures
    "Shape (P,): passages, faded."
    supporters: IntArray
    "Shape (P,): distinct passages ever folded in."
    scatter: Figures
    "Shape (P,): mean squared distance of the passages from the mean."
    directions: Figures
    "Shape (P, DIRECTIONS, D): mean pull of the passages, turned round for those on the far side of the prototype."
    sides: Figures
    "Shape (P, DIRECTIONS), 0..1: share of the passages on the near side."
    turns: IntArray
    "Shape (P, DIRECTIONS): passages that have turned each direction; without any it is a random one."
    origins: MaskArray
    "Shape (P, T): which of the T prototypes that were told last each one comes of; T = 0 before any was told."

    def __len__(self) -> int:
        return len(self.means)


def distances_from(styles: Styles, raw: FloatArray, unit: Figures) -> Figures:
    """Distances of one passage (D,) from all prototypes, shape (P,), in standardised units."""
    distances: Figures = np.linalg.norm((styles.means - raw) / unit, axis=1)
    return distances


def fold(styles: Styles, row: int, vector: FloatArray, unit: Figures) -> None:
    """Let one passage (D,) move prototype `row`; nothing else remains of it."""
    styles.weights[row] += 1
    styles.supporters[row] += 1
    share = min(LARGEST_SHARE, (1 + AMNESIA) / (styles.weights[row] + AMNESIA))
    pull = (vector - styles.means[row]) / unit
    pull *= within_reach(styles, row, float(np.linalg.norm(pull)))
    styles.means[row] += share * pull * unit
    styles.scatter[row] += share * (pull @ pull - styles.scatter[row])
    turn(styles, row, pull, share)


def within_reach(styles: Styles, row: int, away: float) -> float:
    """Factor (0..1] for the pull of a passage `away` from prototype `row`; 1 where all have dressed alike so far."""
    typical = max(float(styles.scatter[row]), float(styles.scatter.mean()))
    return min(1.0, REACH * float(np.sqrt(typical)) / max(away, 1e-12)) if typical > 0 else 1.0


def turn(styles: Styles, row: int, pull: Figures, share: float) -> None:
    """Update the main directions of prototype `row`: principal components by signs, one passage at a time.

    A direction is the mean of +-pull, signed by the side a passage is on (Kwak, PCA based on L1-norm maximization,
    2008), so all passages weigh the same in it. The usual components are drawn to whoever is farthest: in 1536
    figures and 20 passages one was a single person's pull up to a cosine of .9.
    """
    for place in range(DIRECTIONS):
        direction = styles.directions[row, place]
        near = float(pull @ direction >= 0)
        styles.directions[row, place] = (1 - share) * direction + share * (2 * near - 1) * pull
        styles.sides[row, place] += share * (near - styles.sides[row, place])
        styles.turns[row, place] += 1
        axis = unit_vector(styles.directions[row, place])
        pull = pull - (pull @ axis) * axis


def unit_vector(vector: Figures) -> Figures:
    """`vector` (D,) at length one; zeros stay zeros."""
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector


def styles_of(raw: FloatArray, found: Prototypes, unit: Figures) -> Styles:
    """The first prototypes from passages (N, D) that are still at hand, as `found` clusters them."""
    groups = [raw[found.members == row].astype(np.float64) for row in range(len(found.centres))]
    pulls = [(group - group.mean(axis=0)) / unit for group in groups]
    turned = [main_directions(one) for one in pulls]
    return Styles(
        np.stack([group.mean(axis=0) for group in groups]),
        found.supporters.astype(np.float64),
        found.supporters.copy(),
        np.array([(one**2).sum(axis=1).mean() for one in pulls]),
        np.stack([directions for directions, _ in turned]),
        np.stack([sides for _, sides in turned]),
        np.repeat(found.supporters[:, None], DIRECTIONS, axis=1),
        np.zeros((len(groups), 0), bool),
    )


def main_directions(pulls: Figures) -> tuple[Figures, Figures]:
    """Directions (DIRECTIONS, D) and sides (DIRECTIONS,) of the passages (N, D) of one prototype."""
    directions, sides = np.zeros((DIRECTIONS, pulls.shape[1])), np.zeros(DIRECTIONS)
    for place in range(DIRECTIONS):
        direction = fresh_direction(pulls.shape[1], 1.0, place)
        for _ in range(ROUNDS):
            signs = np.where(pulls @ direction >= 0, 1.0, -1.0)
            direction = (signs[:, None] * pulls).mean(axis=0)
        directions[place], sides[place] = direction, (signs > 0).mean()
        axis = unit_vector(direction)
        pulls = pulls - np.outer(pulls @ axis, axis)
    return directions, sides


def one_style(mean: Figures, people: int, scatter: float) -> Styles:
    """One prototype of which only the mean (D,) and the scatter of its people are known."""
    counted = np.array([people], np.int64)
    return fresh_styles(mean[None], np.array([float(people)]), counted, np.array([scatter]))


def fresh_styles(means: Figures, weights: Figures, supporters: IntArray, scatter: Figures) -> Styles:
    """Prototypes whose directions are not known yet."""
    squared = scatter / np.maximum(weights, MIN_SUPPORTERS)
    directions = [
        [fresh_direction(means.shape[1], float(one), place) for place in range(DIRECTIONS)] for one in squared
    ]
    shape = (len(means), DIRECTIONS)
    return Styles(
        means.copy(),
        weights.copy(),
        supporters.copy(),
        scatter.copy(),
        np.array(directions),
        np.full(shape, 0.5),
        np.zeros(shape, np.int64),
        np.zeros((len(means), 0), bool),
    )


def fresh_direction(length: int, squared: float, place: int = 0) -> Figures:
    """A direction (D,) of that squared length which knows nobody; it turns to where passages vary as they come."""
    axis = unit_vector(np.random.default_rng([length, place]).normal(size=length))
    return axis * float(np.sqrt(squared))


def take_rows(styles: Styles, rows: IntArray) -> Styles:
    """The prototypes `rows` alone."""
    return Styles(
        styles.means[rows],
        styles.weights[rows],
        styles.supporters[rows],
        styles.scatter[rows],
        styles.directions[rows],
        styles.sides[rows],
        styles.turns[rows],
        styles.origins[rows],
    )


def joined(first: Styles, second: Styles) -> Styles:
    """Both prototypes together, `first` first."""
    return Styles(
        np.concatenate([first.means, second.means]),
        np.concatenate([first.weights, second.weights]),
        np.concatenate([first.supporters, second.supporters]),
        np.concatenate([first.scatter, second.scatter]),
        np.concatenate([first.directions, second.directions]),
        np.concatenate([first.sides, second.sides]),
        np.concatenate([first.turns, second.turns]),
        np.concatenate([first.origins, second.origins]),
    )
