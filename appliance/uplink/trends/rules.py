"""What may be told of counts with noise: the limits, and which cells pass them. Looks at no exact count."""

from __future__ import annotations

import math

from appliance.uplink.trends.intervals import half_width
from appliance.uplink.trends.noise import PASSAGES, Noisy, queries
from appliance.uplink.trends.tables import all_tables

LEAST_PASSAGES = 200
LEAST_CELL = 20
"""Both for the lower end of the interval, whose noise is known; so a smaller number slips over it with a probability
below 2.5 %: a cell of 19 with 2.2 % by a table's share of epsilon 1."""


def widths(epsilon: float) -> dict[str, int]:
    """Of each question, by name: 95 % of its noise is within so many passages."""
    return {query.name: half_width(query.scale) for query in queries(epsilon)}


def may_release(noisy: Noisy, epsilon: float) -> bool:
    """Whether there are enough passages to tell anything at all."""
    return noisy.passages - widths(epsilon)[PASSAGES] >= LEAST_PASSAGES


def told_cells(noisy: Noisy, epsilon: float) -> list[tuple[str, int]]:
    """The cells, (table, number), that enough passages stand behind."""
    width = widths(epsilon)
    return [
        (table.name, cell)
        for table in all_tables()
        for cell, count in enumerate(noisy.counts[table.name])
        if count - width[table.name] >= LEAST_CELL
    ]


def may_be_small(count: int, scale: float) -> bool:
    """Whether any smaller number may stand behind a cell that is told, for all that 97.5 % of the noise says.

    Many small cells are never told, and those that are had much noise: by how far that has lifted them over the limit
    is exponential again, P(more than d) = exp(-d / scale), whatever their number is. So none is out of the question
    before d is scale ln 40.
    """
    return count < LEAST_CELL + half_width(scale) + scale * math.log(40)
