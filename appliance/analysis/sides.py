"""City against city: how far apart and in what go in, two figures come out, every city with a mark of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from appliance.analysis.city import City
from appliance.analysis.contrast import Apart, Row
from appliance.analysis.look import ACCENT, CITY_LOOKS, FAINT, INK, PAPER, QUIET, sheet
from appliance.analysis.release import TABLES
from appliance.analysis.wording import spoken, thing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 12
ROW_IN = 0.3
DODGE = 0.16
"Of a row, between two cities: marks on one spot would hide each other."


def draw_apart(found: Sequence[Apart]) -> Figure:
    """A column for each table, a line for each pair of cities."""
    pairs = list(dict.fromkeys((one.here.title, one.there.title) for one in found))
    tables = [table for table in TABLES if any(one.table == table for one in found)]
    figure, (axes,) = sheet(1, len(tables), ROW_IN * len(pairs) + 0.95, sharey=True, sharex=True)
    for table, ax in zip(tables, axes, strict=True):
        ax.set_title(spoken(table), color=INK, fontsize=10.5)
        ax.axvline(0, color=FAINT, linewidth=0.9, zorder=0)
        for one in (one for one in found if one.table == table):
            row = pairs.index((one.here.title, one.there.title))
            ax.plot((max(0.0, one.bits.low), max(0.0, one.bits.high)), (row, row), color=QUIET, linewidth=1.4)
            at = max(0.0, one.bits.value)
            ax.plot(at, row, "o", markersize=7, color=ACCENT, markeredgecolor=PAPER, clip_on=False, zorder=3)
        ax.set_ylim(len(pairs) - 0.5, -0.5)
        ax.set_yticks(range(len(pairs)), [f"{here} \u2013 {there}" for here, there in pairs], color=INK)
        ax.locator_params(axis="x", nbins=2)
        ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:g}")
    axes[0].set_xlim(left=0)
    total = figure.get_figheight()
    figure.subplots_adjust(left=0.235, right=0.985, top=1 - 0.45 / total, bottom=0.4 / total, wspace=0.12)
    return figure


def widest(rows: Sequence[Row], z: float) -> list[Row]:
    """Cells in which cities differ for sure, those that differ most."""
    sure = sorted(rows, key=lambda row: -row.widest(z))[:MOST_ROWS]
    return [row for row in sure if row.widest(z) > 0]


def draw_rows(cities: Sequence[City], rows: Sequence[Row], z: float) -> Figure:
    """A line for each cell, on it a mark for each city; the names stand above the uppermost."""
    figure, ((ax,),) = sheet(1, 1, ROW_IN * len(rows) + 1.0)
    looks = dict(zip((city.name for city in cities), CITY_LOOKS, strict=False))
    for place, row in enumerate(rows):
        values = [100 * share.value for share in row.shares.values()]
        ax.plot(
            (min(values), max(values)),
            (place, place),
            color=FAINT,
            linewidth=2.5,
            solid_capstyle="butt",
            zorder=0,
        )
        ax.text(
            -0.015,
            place,
            thing(row.table, row.label),
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center",
        )
        for number, (name, share) in enumerate(row.shares.items()):
            colour, mark = looks[name]
            low, high = share.ends(z)
            height = place + DODGE * (number - (len(row.shares) - 1) / 2)
            ax.plot((100 * max(0.0, low), 100 * high), (height, height), color=colour, linewidth=1.4)
            ax.plot(100 * share.value, height, mark, markersize=7, color=colour, markeredgecolor=PAPER)
    ax.set(ylim=(len(rows) - 0.4, -1.1), yticks=())
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:g} %")
    name_marks(ax, cities)
    total = figure.get_figheight()
    figure.subplots_adjust(left=0.26, right=0.97, top=1 - 0.25 / total, bottom=0.4 / total)
    return figure


def name_marks(ax: Axes, cities: Sequence[City]) -> None:
    """What mark stands for which city, in one line above."""
    for place, (city, (colour, mark)) in enumerate(zip(cities, CITY_LOOKS, strict=False)):
        across = place / max(len(cities), 4)
        above = ax.transAxes
        ax.plot(across, 1.0, mark, color=colour, markersize=7.5, transform=above, clip_on=False)
        ax.annotate(
            city.title, (across, 1.0), (9, 0), xycoords="axes fraction", textcoords="offset points", va="center",
            color=colour, fontweight="bold",
        )  # fmt: skip
