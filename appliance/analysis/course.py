"""Novelty and diversity day by day: cities go in, for each a line with its interval comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from appliance.analysis.calendar import span_of
from appliance.analysis.city import City, Day
from appliance.analysis.estimate import Estimate
from appliance.analysis.look import ACCENT, BAND, INK, quiet_dates, sheet
from appliance.analysis.timeline import days_between, ends_of, stretched

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Course = Callable[[Day], "Estimate | None"]
COURSES: tuple[tuple[str, Course], ...] = (
    ("novelty, bits", lambda day: day.novelty),
    ("diversity, styles", lambda day: day.diversity),
)
ROW_IN = 1.75
MOST_COLUMNS = 3


def draw_courses(cities: Sequence[City]) -> Figure:
    """For each city novelty above and diversity below, every kind on one scale."""
    columns = min(MOST_COLUMNS, len(cities))
    bands = -(-len(cities) // columns)
    figure, axes = sheet(2 * bands, columns, 2 * bands * ROW_IN + 0.4, sharex=True)
    for place in range(bands * columns):
        for kind, (name, course) in enumerate(COURSES):
            ax = axes[place // columns * 2 + kind][place % columns]
            if place >= len(cities):
                ax.set_visible(False)
                continue
            draw_course(ax, cities, place, course)
            ax.set_ylim(scale_of(cities, course))
            if kind == 0:
                ax.set_title(cities[place].title, color=INK)
            if place % columns == 0:
                ax.set_ylabel(name)
            else:
                ax.set_yticklabels([])
    figure.subplots_adjust(
        left=0.07, right=0.985, top=1 - 0.35 / figure.get_figheight(), bottom=0.07, hspace=0.32, wspace=0.09
    )
    figure.align_ylabels()
    return figure


def draw_course(ax: Axes, cities: Sequence[City], place: int, course: Course) -> None:
    """A line that breaks where days are missing, and its band."""
    first, last = span_of(cities)
    found = {day.day: course(day) for day in cities[place].days}
    days = days_between(first, last)
    gap = (np.nan,) * 3
    rows = [(one.low, one.value, one.high) if (one := found.get(day)) else gap for day in days]
    times, places = stretched(days, [row is not gap for row in rows])
    low, value, high = np.array([*rows, gap])[places].T
    ax.fill_between(times, np.maximum(low, 0), high, color=BAND, linewidth=0)
    ax.plot(times, value, color=ACCENT, linewidth=1.3)
    ax.set_xlim(ends_of(first, last))
    ax.grid(axis="y", color="#e8e5de", linewidth=0.7)
    ax.set_axisbelow(True)
    quiet_dates(ax)


def scale_of(cities: Sequence[City], course: Course) -> tuple[float, float]:
    """A scale on which all intervals of a kind have their place."""
    found = [one for city in cities for day in city.days if (one := course(day))]
    low = min((max(0.0, one.low) for one in found), default=0.0)
    high = max((one.high for one in found), default=1.0)
    room = 0.06 * (high - low or 1.0)
    return (max(0.0, low - room), high + room)
