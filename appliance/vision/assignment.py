"""Pairs rows with columns: in goes a table of likenesses, out come the pairs of the greatest total."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Pairs = list[tuple[int, int]]


def best_pairs(likeness: NDArray[np.float64], floor: float) -> Pairs:
    """Return (row, column) pairs, each row and column at most once, of the greatest total likeness.

    `likeness` has shape (R, C), finite; pairs below `floor` (above 0) are never made, and whoever stays alone
    adds nothing to the total. The table is cut into islands that share no allowed pair first: in a street
    most islands are one person and one box, and only people close together need the search. Rows come back
    in ascending order.
    """
    rows, columns = np.nonzero(likeness >= floor)
    if not len(rows):
        return []
    per_row, per_column = np.bincount(rows), np.bincount(columns)
    alone = (per_row[rows] == 1) & (per_column[columns] == 1)
    pairs = list(zip(rows[alone].tolist(), columns[alone].tolist(), strict=True))
    if not alone.all():
        shared = zip(rows[~alone].tolist(), columns[~alone].tolist(), strict=True)
        for island in _islands(list(shared)):
            pairs += _solve(likeness, floor, island)
    return sorted(pairs)


def _islands(edges: Pairs) -> list[tuple[list[int], list[int]]]:
    """Group edges into connected (rows, columns), each sorted."""
    home: dict[int, int] = {}
    groups: dict[int, tuple[set[int], set[int]]] = {}
    for row, column in edges:
        here, there = home.get(row), home.get(~column)
        key = min(k for k in (here, there, row) if k is not None)
        rows, columns = {row}, {column}
        for old in {here, there} - {None}:
            more_rows, more_columns = groups.pop(old)  # type: ignore[arg-type]
            rows |= more_rows
            columns |= more_columns
        groups[key] = rows, columns
        home.update(dict.fromkeys(rows, key))
        home.update(dict.fromkeys((~c for c in columns), key))
    return [(sorted(r), sorted(c)) for _, (r, c) in sorted(groups.items())]


def _solve(likeness: NDArray[np.float64], floor: float, island: tuple[list[int], list[int]]) -> Pairs:
    """Solve one island; a refused pair is worth nothing and falls out of the answer."""
    rows, columns = island
    table = likeness[np.ix_(rows, columns)]
    swap = len(rows) > len(columns)
    if swap:
        table, rows, columns = table.T, columns, rows
    allowed = table >= floor
    chosen = _shortest_paths(np.where(allowed, -table, 0.0).tolist())
    pairs = [(rows[i], columns[j]) for i, j in enumerate(chosen) if allowed[i, j]]
    return [(j, i) for i, j in pairs] if swap else pairs


def _shortest_paths(cost: list[list[float]]) -> list[int]:
    """Return the column of each row at the least total cost; no more rows than columns.

    Successive shortest augmenting paths with potentials: Jonker and Volgenant, Computing 38 (1987).
    """
    width = len(cost[0])
    row_price, column_price = [0.0] * len(cost), [0.0] * width
    owner = [-1] * width
    for start in range(len(cost)):
        via, last = _grow(cost, start, owner, row_price, column_price)
        while last >= 0:
            before = via[last]
            owner[last] = owner[before] if before >= 0 else start
            last = before
    chosen = [-1] * len(cost)
    for j, i in enumerate(owner):
        if i >= 0:
            chosen[i] = j
    return chosen


def _grow(
    cost: list[list[float]], start: int, owner: list[int], row_price: list[float], column_price: list[float]
) -> tuple[list[int], int]:
    """Find the shortest path from row `start` to a free column; return who came before, and that column."""
    width = len(owner)
    reach, via, done = [math.inf] * width, [-1] * width, [False] * width
    row, last = start, -1
    while True:
        for j in range(width):
            length = cost[row][j] - row_price[row] - column_price[j]
            if not done[j] and length < reach[j]:
                reach[j], via[j] = length, last
        last = min((j for j in range(width) if not done[j]), key=reach.__getitem__)
        step = reach[last]
        row_price[start] += step
        for j in range(width):
            if done[j]:
                row_price[owner[j]] += step
                column_price[j] -= step
            else:
                reach[j] -= step
        done[last] = True
        if owner[last] < 0:
            return via, last
        row = owner[last]
