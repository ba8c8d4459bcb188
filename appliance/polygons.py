"""Geometry of polygons: corners in the unit square in; whether edges cut each other, and what is covered, out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Point = tuple[float, float]
ROWS_AT_ONCE = 1024
"Bounds the memory: each takes some bytes of every edge."
NOWHERE = 2.0
"To the right of the unit square."


def covered(polygons: Sequence[Sequence[Point]]) -> float:
    """Area that polygons of the unit square cover together, each by the even-odd rule as inside() has it.

    Exact but for rounding: rows are cut wherever a corner lies or two edges meet, and between two cuts the covered
    width changes evenly, so that the one half-way times the height is the area (a sweep, as in de Berg et al., 2.1).
    """
    rings = [edges for polygon in polygons if (edges := np.array(edges_of(polygon)).reshape(-1, 2, 2)).size]
    if not rings:
        return 0.0
    cuts = cuts_of(np.concatenate(rings))
    taken = 0.0
    for at in range(0, len(cuts) - 1, ROWS_AT_ONCE):
        some = cuts[at : at + ROWS_AT_ONCE + 1]
        taken += float(np.diff(some) @ covered_width(rings, (some[1:] + some[:-1]) / 2))
    return taken


def cuts_of(edges: Array) -> Array:
    """Rows, upwards, where an edge of (N, 2, 2) ends or two of them meet."""
    found = [edges[:, :, 1].ravel()]
    starts, ways = edges[:, 0], edges[:, 1] - edges[:, 0]
    for at in range(len(edges) - 1):
        start, way, others, theirs = starts[at], ways[at], starts[at + 1 :], ways[at + 1 :]
        cross = way[0] * theirs[:, 1] - way[1] * theirs[:, 0]
        meeting = cross != 0
        (dx, dy), across = (others - start)[meeting].T, cross[meeting]
        along = (dx * theirs[meeting, 1] - dy * theirs[meeting, 0]) / across
        there = (dx * way[1] - dy * way[0]) / across
        found.append(start[1] + way[1] * along[(along > 0) & (along < 1) & (there > 0) & (there < 1)])
    return np.unique(np.concatenate(found))


def covered_width(rings: Sequence[Array], rows: Array) -> Array:
    """What polygons, each as its edges (N, 2, 2), cover together of each row, none of which meets a corner."""
    pairs = []
    for edges in rings:
        (x1, y1), (x2, y2) = edges[:, 0].T, edges[:, 1].T
        crosses = (y1 > rows[:, None]) != (y2 > rows[:, None])
        climbed = np.zeros(crosses.shape)
        np.divide(rows[:, None] - y1, np.broadcast_to(y2 - y1, crosses.shape), out=climbed, where=crosses)
        meets = np.where(crosses, x1 + climbed * (x2 - x1), np.inf)
        meets.sort(axis=1)
        pairs.append(meets[:, : meets.shape[1] // 2 * 2].reshape(len(rows), -1, 2))
    spans = np.nan_to_num(np.concatenate(pairs, axis=1), posinf=NOWHERE)
    spans = np.take_along_axis(spans, spans[:, :, :1].argsort(axis=1), axis=1)
    reached = np.maximum.accumulate(spans[:, :, 1], axis=1)
    before = np.concatenate([np.zeros((len(rows), 1)), reached[:, :-1]], axis=1)
    return np.asarray((spans[:, :, 1] - np.maximum(spans[:, :, 0], before)).clip(min=0).sum(axis=1))


def edges_of(polygon: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Its edges, from each corner to the next, without those of no length."""
    ends = zip(polygon, (*polygon[1:], *polygon[:1]), strict=True)
    return [(start, end) for start, end in ends if start != end]


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two edges that are no neighbours meet: inside and outside would be anybody's guess.

    A corner that is named twice in a row is one corner, so a ring may be closed or not.
    """
    edges = edges_of(polygon)
    count = len(edges)
    return any(
        meet(*edges[one], *edges[other])
        for one in range(count)
        for other in range(one + 2, count)
        if (other + 1) % count != one
    )


def meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common (de Berg et al., Computational Geometry, 2.1)."""
    sides = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    touching = zip(sides, (c, d, a, b), ((a, b), (a, b), (c, d), (c, d)), strict=True)
    return any(value == 0 and between(point, *ends) for value, point, ends in touching)


def side(a: Point, b: Point, p: Point) -> float:
    """On which side of the line ab the point p lies: positive, negative, or 0 on it."""
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def between(p: Point, a: Point, b: Point) -> bool:
    """Whether p, on the line ab, lies on the segment."""
    return min(a[0], b[0]) <= p[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])
