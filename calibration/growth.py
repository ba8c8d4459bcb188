"""How prototypes grow: a wide one splits, close ones merge, faded ones join a neighbour; never one of a few people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.artifacts import MIN_SUPPORTERS
from calibration.prototypes import MAX_PROTOTYPES, Figures, bearable
from calibration.styles import DIRECTIONS, Styles, fresh_direction, joined, take_rows

ESTABLISHED = 50.0
"""Passages beyond which a style counts no more for having its own prototype.

The floor of minorities: what 50 people wear weighs as much as what 5000 wear, so a rare style is neither merged into
a popular one nor left without a prototype because others are larger.
"""
LEAST_LEFT = 0.25
"Of the scatter stays with each side at least, whatever the direction promises."
FORGOTTEN = 0.5
"A prototype whose faded weight is less joins its neighbour."
WORTH = 2.0
"A split must gain so many times what the merge that makes room for it costs."


@dataclass(frozen=True)
class Split:
    """One prototype taken as two."""

    row: int
    place: int
    "Which of its directions."
    share: float
    "0..1: of its passages on the positive side."
    gain: float
    "Scatter that would be gone, in standardised units squared, passages counted up to ESTABLISHED."


def grow(styles: Styles, unit: Figures) -> Styles:
    """Split what is worth splitting, as long as there are passages for it. At the most count, merge to make room."""
    styles = join_forgotten(styles, unit)
    while len(styles) < wanted_count(styles) and (split := best_split(styles)) is not None:
        styles = split_row(styles, split, unit)
    if len(styles) >= 2 and len(styles) == MAX_PROTOTYPES:
        split, (first, second, cost) = best_split(styles), cheapest_merge(styles, unit)
        if split is not None and split.gain > WORTH * cost and split.row not in (first, second):
            styles = merge_rows(split_row(styles, split, unit), first, second, unit)
    return styles


def wanted_count(styles: Styles) -> int:
    """Prototypes that so many passages bear."""
    return bearable(styles.weights.sum(), styles.means.shape[1])


def thin_out(styles: Styles, unit: Figures, most: int = MAX_PROTOTYPES) -> Styles:
    """Merge the closest prototypes until there are no more than `most`, or than all passages ever would bear."""
    most = bearable(float(styles.supporters.sum()), styles.means.shape[1], most)
    while len(styles) > most:
        first, second, _ = cheapest_merge(styles, unit)
        styles = merge_rows(styles, first, second, unit)
    return styles


def best_split(styles: Styles) -> Split | None:
    """The split that removes most scatter; None where no prototype has supporters for two."""
    best: Split | None = None
    counts = np.minimum(styles.weights, styles.supporters)
    for row in np.flatnonzero(counts >= 2 * MIN_SUPPORTERS).tolist():
        for place in np.flatnonzero(styles.turns[row] >= 2 * MIN_SUPPORTERS).tolist():
            split = split_along(styles, row, place, float(counts[row]))
            if split.gain > (best.gain if best else 0.0):
                best = split
    return best


def split_along(styles: Styles, row: int, place: int, count: float) -> Split:
    """How prototype `row` falls apart along one direction, at its mean.

    Neither side gets fewer than MIN_SUPPORTERS passages: a single far outfit can never become a prototype.
    """
    direction, least = styles.directions[row, place], MIN_SUPPORTERS / count
    share = float(np.clip(styles.sides[row, place], least, 1 - least))
    removed = float(direction @ direction) / (4 * share * (1 - share))
    small = min(share, 1 - share)
    return Split(row, place, share, min(small * count, ESTABLISHED) / small * removed)


def split_row(styles: Styles, split: Split, unit: Figures) -> Styles:
    """`styles` with one prototype replaced by the means of its two sides, which come last.

    The direction is the mean of signed pulls, so its halves over the shares are the means of the sides.
    """
    parent = take_rows(styles, np.array([split.row]))
    half = parent.directions[0, split.place] / 2
    near = side_of(parent, split, split.share, half / split.share, unit)
    far = side_of(parent, split, 1 - split.share, -half / (1 - split.share), unit)
    return joined(take_rows(styles, np.delete(np.arange(len(styles)), split.row)), joined(near, far))


def side_of(parent: Styles, split: Split, share: float, step: Figures, unit: Figures) -> Styles:
    """One side of a prototype: its mean moved by `step` (D,), standardised, with `share` of the passages."""
    half = parent.directions[0, split.place] / 2
    removed = float(half @ half) / (split.share * (1 - split.share))
    scatter = np.maximum(parent.scatter - removed, LEAST_LEFT * parent.scatter)
    weights = parent.weights * share
    supporters = np.maximum(np.floor(parent.supporters * share + 1e-9), MIN_SUPPORTERS).astype(np.int64)
    fresh = fresh_direction(len(step), float(scatter[0] / max(weights[0], MIN_SUPPORTERS)))
    kept = [place for place in range(DIRECTIONS) if place != split.place]
    directions = np.concatenate([parent.directions[0, kept], fresh[None]])[None]
    sides = np.append(parent.sides[0, kept], 0.5)[None]
    turns = np.append(parent.turns[0, kept], 0)[None]
    means = parent.means + step * unit
    return Styles(means, weights, supporters, scatter, directions, sides, turns, parent.origins)


def cheapest_merge(styles: Styles, unit: Figures) -> tuple[int, int, float]:
    """The two prototypes whose union adds least scatter, and how much (Ward 1963), counts up to ESTABLISHED."""
    scaled = styles.means / unit
    squares = (scaled**2).sum(axis=1)
    squared = (squares[:, None] + squares - 2 * scaled @ scaled.T).clip(min=0)
    counts = np.minimum(styles.weights, ESTABLISHED)
    cost = counts[:, None] * counts / (counts[:, None] + counts) * squared
    cost[np.tril_indices(len(cost))] = np.inf
    first, second = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return int(first), int(second), float(cost[first, second])


def merge_rows(styles: Styles, first: int, second: int, unit: Figures) -> Styles:
    """`styles` with two prototypes replaced by one, which comes last; its directions are those of the heavier."""
    pair = np.array([first, second])
    weights = styles.weights[pair]
    share = weights / max(weights.sum(), 1e-300)
    gap = (styles.means[first] - styles.means[second]) / unit
    heavy = pair[[int(np.argmax(weights))]]
    union = take_rows(styles, heavy)
    union.means[0] = share @ styles.means[pair]
    union.weights[0], union.supporters[0] = weights.sum(), styles.supporters[pair].sum()
    union.origins[0] = styles.origins[pair].any(axis=0)
    union.scatter[0] = share @ styles.scatter[pair] + share[0] * share[1] * (gap @ gap)
    return joined(take_rows(styles, np.delete(np.arange(len(styles)), pair)), union)


def join_forgotten(styles: Styles, unit: Figures) -> Styles:
    """Prototypes that nobody has worn for months join their neighbour, whose mean they hardly move any more."""
    while len(styles) > 1 and styles.weights.min() < FORGOTTEN:
        row = int(np.argmin(styles.weights))
        away = (((styles.means - styles.means[row]) / unit) ** 2).sum(axis=1)
        away[row] = np.inf
        styles = merge_rows(styles, row, int(np.argmin(away)), unit)
    return styles
