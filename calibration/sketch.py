"""How far the street's own passages are from its bank: distances in one by one, faded counts on a fixed grid kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from appliance.artifacts import LEVELS, MIN_SUPPORTERS, Cells, Tail
from calibration.prototypes import Figures

NEAREST, FARTHEST, STEP = 1e-3, 1e3, 1.01
"The grid: its steps are one hundredth apart."
AMNESIA = 1.0
"""Passage i of n counts (i/n)**AMNESIA: the first ones were far from a bank that hardly knew the street.

Measured on 230 passages, 60 splits, at a wanted 5 %: 4.0 % with 0, 5.3 % with 1, 5.5 % with 2, 6.1 % with 3.
"""
MOST_CELLS = 100


def make_grid() -> Figures:
    """Distances from NEAREST to FARTHEST in equal ratios, shape (G,)."""
    grid: Figures = np.exp(np.arange(np.log(NEAREST), np.log(FARTHEST), np.log(STEP)))
    return grid


@dataclass
class Sketch:
    """Faded counts of distances. Owner: the street."""

    grid: Figures = field(default_factory=make_grid)
    counts: Figures = field(init=False)
    "Shape (G + 1,): weight of the passages up to each step of the grid, the last beyond all."
    passages: Figures = field(init=False)
    "The same, each passage counting one."
    weight: float = 0.0
    "Passages, faded by time only."
    squares: float = 0.0
    "Sum of squared weights: tells how many passages the counts are worth."

    def __post_init__(self) -> None:
        self.counts, self.passages = np.zeros(len(self.grid) + 1), np.zeros(len(self.grid) + 1)

    def add(self, distances: Figures) -> None:
        """Count N passages of one bank: they count the same, those before them less."""
        if not len(distances):
            return
        self.weight += len(distances)
        kept = max(0.0, 1 - AMNESIA * len(distances) / self.weight)
        places = np.bincount(np.searchsorted(self.grid, distances), minlength=len(self.counts))
        self.counts = self.counts * kept + places
        self.passages = self.passages + places
        self.squares = self.squares * kept**2 + len(distances)

    def fade(self, kept: float) -> None:
        """Let every passage so far count `kept` (0..1) of what it did."""
        self.counts *= kept
        self.weight *= kept
        self.squares *= kept**2

    def enough(self) -> bool:
        """Whether so many were counted that the counts are nobody's."""
        return round(float(self.passages.sum()), 6) >= MIN_SUPPORTERS

    def cells(self) -> Cells:
        """The counts in cells of MIN_SUPPORTERS passages and more. Raises ValueError before there are so many."""
        if not self.enough():
            raise ValueError(f"fewer than {MIN_SUPPORTERS} passages were counted")
        ends = cell_ends(self.passages, max(MIN_SUPPORTERS, self.passages.sum() / MOST_CELLS))
        edges = np.concatenate([[0.0], self.grid, [FARTHEST * STEP]])
        middles = (edges[:-1] + edges[1:]) / 2
        weights, passages = parts_of(self.counts, ends), parts_of(self.passages, ends)
        means = parts_of(self.passages * middles, ends) / passages
        lows = np.concatenate([[0.0], self.grid[ends[:-1]]])
        # The least distance would be somebody's own, so the lowest cell begins where its mean says.
        deviation = np.sqrt(self.passages @ (middles - means[0]) ** 2 / self.passages.sum())
        lows[0] = max(0.0, 2 * means[0] - lows[1] if len(lows) > 1 else means[0] - deviation)
        return Cells(lows, weights, passages, means, self.weight, self.squares)

    def tail(self) -> Tail:
        """Deciles and tail of the counts as the cells tell them. Raises ValueError before there are ten passages."""
        return tail_of(self.cells())


def cell_ends(passages: Figures, least: float) -> list[int]:
    """Last place of each run of places that holds `least` passages; what is left over joins the last one."""
    ends, held = [], 0.0
    for place in np.flatnonzero(passages).tolist():
        held += passages[place]
        if held >= least - 1e-6:
            ends.append(place)
            held = 0.0
    return [*ends[:-1], len(passages) - 1]


def parts_of(counts: Figures, ends: list[int]) -> Figures:
    """Sum of `counts` (G + 1,) up to each end, shape (C,)."""
    parts: Figures = np.diff(np.cumsum(counts)[ends], prepend=0.0)
    return parts


def tail_of(cells: Cells) -> Tail:
    """Deciles, excess and count of a street known by its cells: even within a cell, exponential in the last."""
    shares = np.cumsum(cells.weights) / cells.weights.sum()
    rest = 1 - (shares[-2] if len(shares) > 1 else 0.0)
    top, slope = cells.lows[-1], max(float(cells.means[-1] - cells.lows[-1]), 1e-9)
    inner = np.interp(LEVELS, [0.0, *shares[:-1]], cells.lows)
    beyond = top + slope * np.log(rest / np.minimum(rest, 1 - LEVELS))
    deciles = np.where(rest > 1 - LEVELS, beyond, inner)
    excess = slope if 1 - LEVELS[-1] < rest else excess_over(float(deciles[-1]), cells)
    # A street that is all alike still needs a slope, or the smallest crease would be an exception.
    least = max(1e-6, 0.1 * float(deciles[-1] - deciles[0]))
    worth = cells.weights.sum() ** 2 / cells.squares
    return Tail(deciles, max(excess, least), max(1.0, float((1 - LEVELS[-1]) * worth)))


def excess_over(decile: float, cells: Cells) -> float:
    """Mean of what exceeds `decile`, which lies below the last cell."""
    lows, highs = cells.lows[:-1].clip(min=decile), cells.lows[1:].clip(min=decile)
    weights = np.append(cells.weights[:-1] * (highs - lows) / np.diff(cells.lows), cells.weights[-1])
    middles = np.append((lows + highs) / 2, cells.means[-1]) - decile
    return float(weights @ middles / weights.sum())


def sketch_of(cells: Cells) -> Sketch:
    """A sketch that goes on from stored cells: each is spread evenly, the last one exponentially."""
    sketch = Sketch(weight=cells.weight, squares=cells.squares)
    for row, low in enumerate(cells.lows.tolist()):
        if row + 1 < len(cells.lows):
            below = np.clip((sketch.grid - low) / (cells.lows[row + 1] - low), 0, 1)
        else:
            below = 1 - np.exp(-(sketch.grid - low).clip(min=0) / max(cells.means[row] - low, 1e-9))
        shares = np.diff(below, prepend=0.0, append=1.0)
        sketch.counts += cells.weights[row] * shares
        sketch.passages += cells.passages[row] * shares
    return sketch


def together(first: Sketch, second: Sketch) -> Sketch:
    """The counts of two streets."""
    both = Sketch(weight=first.weight + second.weight, squares=first.squares + second.squares)
    both.counts, both.passages = first.counts + second.counts, first.passages + second.passages
    return both
