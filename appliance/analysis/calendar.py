"""Which days were told: booths go in, a strip of days for each comes out, with a gap where a day is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from appliance.analysis.city import City
from appliance.analysis.look import ACCENT, INK, quiet_dates, sheet
from appliance.analysis.timeline import GAP, days_between, ends_of, stretched

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
    first, last = span_of(cities)
    days = days_between(first, last)
    for row, (_, told) in enumerate(rows):
        known = set(told)
        times, places = stretched(days, [day in known for day in days])
        line = np.where(places == GAP, np.nan, float(row))
        ax.plot(times, line, color=ACCENT, linewidth=7, solid_capstyle="butt")
    ax.set_yticks(range(len(rows)), [name for name, _ in rows], color=INK)
    ax.set(ylim=(len(rows) - 0.4, -0.6), xlim=ends_of(first, last))
    quiet_dates(ax)
    total = figure.get_figheight()
    figure.subplots_adjust(left=0.235, right=0.985, top=1 - 0.1 / total, bottom=0.38 / total)
    return figure
