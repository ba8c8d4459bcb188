"""Which days were told: booths go in, a strip of days for each comes out, with a gap where a day is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from appliance.analysis.city import City
from appliance.analysis.look import ACCENT, INK, quiet_dates, sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW_IN = 0.3


def span_of(cities: Sequence[City]) -> tuple[date, date]:
    """The first and the last day of all."""
    return min(city.days[0].day for city in cities), max(city.days[-1].day for city in cities)


def told_by(cities: Sequence[City]) -> list[tuple[str, list[date]]]:
    """City and booth, and the days it told of."""
    return [
        (f"{city.title}, {booth}", [day.day for day in city.days if booth in day.booths])
        for city in cities
        for booth in city.booths
    ]


def draw_calendar(cities: Sequence[City]) -> Figure:
    """A line for each booth, a stroke for each day."""
    rows = told_by(cities)
    figure, ((ax,),) = sheet(1, 1, ROW_IN * len(rows) + 0.6)
    first, last = (np.datetime64(day, "D") for day in span_of(cities))
    for row, (_, days) in enumerate(rows):
        for start, end in runs_of(days):
            ax.plot((start, end), (row, row), color=ACCENT, linewidth=7, solid_capstyle="butt")
    ax.set_yticks(range(len(rows)), [name for name, _ in rows], color=INK)
    ax.set(ylim=(len(rows) - 0.4, -0.6), xlim=(first, last + 1))
    quiet_dates(ax)
    total = figure.get_figheight()
    figure.subplots_adjust(left=0.235, right=0.985, top=1 - 0.1 / total, bottom=0.38 / total)
    return figure


def runs_of(days: Sequence[date]) -> list[tuple[np.datetime64, np.datetime64]]:
    """Start and end of each run of days without a gap."""
    runs: list[tuple[np.datetime64, np.datetime64]] = []
    for day in (np.datetime64(day, "D") for day in days):
        if runs and runs[-1][1] == day:
            runs[-1] = (runs[-1][0], day + 1)
        else:
            runs.append((day, day + 1))
    return runs
