"""Days along the paper: days and which of them were told go in, points in time for a line with gaps come out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

HALF = np.timedelta64(12, "h")
GAP = -1
MOST_POINTS = 400
"Of a ribbon: more than the page has dots for would only make it heavy."
Times = NDArray[np.datetime64]


def days_between(first: date, last: date) -> list[date]:
    """Every day, both included."""
    return [first + timedelta(step) for step in range((last - first).days + 1)]


def ends_of(first: date, last: date) -> tuple[Any, Any]:
    """The limits of an axis on which every day, the only one too, has its width."""
    return np.datetime64(first, "h") - HALF, np.datetime64(last, "h") + HALF


def stretched(days: Sequence[date], told: Sequence[bool]) -> tuple[Times, NDArray[np.intp]]:
    """Points in time, and for each the place of its day, or GAP between two runs of days that were told.

    A run reaches half a day beyond its first and last day, so that a day alone can be seen.
    """
    times: list[np.datetime64] = []
    places: list[int] = []
    for place, day in enumerate(days):
        if not told[place]:
            continue
        middle = np.datetime64(day, "h")
        begins = place == 0 or not told[place - 1]
        ends = place == len(days) - 1 or not told[place + 1]
        times += [middle - HALF] * begins + [middle] + [middle + HALF, middle + HALF] * ends
        places += [place] * begins + [place] + [place, GAP] * ends
    return np.array(times, "datetime64[h]"), np.array(places, np.intp)


def thinned(times: Times, places: NDArray[np.intp]) -> tuple[Times, NDArray[np.intp]]:
    """About MOST_POINTS of them at the most; the ends of every run stay."""
    step = -(-len(places) // MOST_POINTS)
    around = np.concatenate([[GAP], places, [GAP]])
    edges = (around[:-2] == GAP) | (around[2:] == GAP) | (places == GAP)
    kept = edges | (np.arange(len(places)) % max(1, step) == 0)
    return times[kept], places[kept]
