"""Palette ribbons: cities go in, for each a band of its colours over time comes out, every ribbon named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from appliance.analysis.city import City
from appliance.analysis.look import FAINT, INK, PAPER, QUIET, quiet_dates, sheet
from appliance.analysis.means import labels_of
from appliance.analysis.palette import hex_of
from appliance.analysis.timeline import days_between, ends_of, stretched, thinned
from appliance.analysis.wording import percent, spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Figures = NDArray[np.float64]
REACH_DAYS = 3
"A ribbon is the mean of the days around: a week, so that weekdays even out."
LEAST_NAMED = 0.025
"Thinner ribbons get no name at their end."
ROW_IN = 3.1
GAP = 0.068
"Between two names, as a share of the height."


def draw_ribbons(cities: Sequence[City], table: str) -> Figure:
    """One row per city, all over the same days; the white above is what was too rare to be told."""
    figure, axes = sheet(len(cities), 1, ROW_IN * len(cities) + 0.3, sharex=True)
    first = min(city.days[0].day for city in cities)
    last = max(city.days[-1].day for city in cities)
    for city, (ax,) in zip(cities, axes, strict=True):
        draw_city(ax, city, table, first, last)
    figure.subplots_adjust(
        left=0.045, right=0.86, top=1 - 0.35 / figure.get_figheight(), bottom=0.05, hspace=0.28
    )
    return figure


def draw_city(ax: Axes, city: City, table: str, first: date, last: date) -> None:
    """The ribbons of one city from the first to the last day."""
    labels = labels_of(city.days, table)
    days = days_between(first, last)
    shares = smoothed(daily(city, table, labels, days))
    told = [bool(labels) and not np.isnan(column).all() for column in shares.T]
    times, places = thinned(*stretched(days, told))
    drawn = np.column_stack([shares, np.full(len(labels), np.nan)])[:, places]
    for label, top, share in zip(labels, np.cumsum(drawn, axis=0), drawn, strict=True):
        ax.fill_between(times, top - share, top, facecolor=hex_of(label), edgecolor=PAPER, linewidth=0.5)
    ax.set(xlim=ends_of(first, last), ylim=(0, 1), yticks=(0, 0.5, 1))
    ax.set_yticklabels(("0", "50", "100 %"))
    ax.set_title(city.title, color=INK)
    quiet_dates(ax)
    if any(told):
        name_ends(ax, labels, shares[:, told][:, -1])


def daily(city: City, table: str, labels: Sequence[str], days: Sequence[date]) -> Figures:
    """Shares by label and day, (K, N): nan where the day is missing, 0 where the cell was too small to be told."""
    told = {day.day: day.tables[table].shares for day in city.days if table in day.tables}
    shares = np.full((len(labels), len(days)), np.nan)
    for column, day in enumerate(days):
        if day in told:
            shares[:, column] = [told[day][label].value if label in told[day] else 0 for label in labels]
    return shares


def smoothed(shares: Figures) -> Figures:
    """Mean of the days within REACH_DAYS that are there; missing days stay missing."""
    have = ~np.isnan(shares)
    filled, count = np.where(have, shares, 0.0), shares.shape[1]
    around = [slice(max(0, day - REACH_DAYS), day + REACH_DAYS + 1) for day in range(count)]
    sums = np.array([filled[:, days].sum(axis=1) for days in around]).T
    counts = np.array([have[:, days].sum(axis=1) for days in around]).T
    return np.where(have, sums / np.maximum(counts, 1), np.nan)


def name_ends(ax: Axes, labels: Sequence[str], shares: Figures) -> None:
    """Each ribbon's name and last share to its right, moved apart where they would lie on each other."""
    middles = np.cumsum(shares) - shares / 2
    named = [place for place in range(len(labels)) if shares[place] >= LEAST_NAMED]
    heights = spread_out([float(middles[place]) for place in named], GAP)
    for place, height in zip(named, heights, strict=True):
        ends = {"xycoords": ax.get_yaxis_transform(), "textcoords": ax.get_yaxis_transform()}
        leader = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
        at = (1.003, float(middles[place]))
        ax.annotate("", at, (1.018, height), arrowprops=leader, annotation_clip=False, **ends)
        ax.text(
            1.022,
            height,
            f"{spoken(labels[place])} ",
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=9.5,
        )
        ax.text(
            1.155, height, percent(shares[place]), transform=ax.get_yaxis_transform(), va="center", ha="right",
            fontsize=9.5, color=QUIET,
        )  # fmt: skip


def spread_out(heights: Sequence[float], gap: float) -> list[float]:
    """Rising heights at least `gap` apart, as near to the given ones as two sweeps get, none far above 1."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    ceiling = 1.02
    for place in reversed(range(len(placed))):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - gap
    return placed
