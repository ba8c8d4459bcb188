"""Risers and fallers: what changed in each city goes in, a figure with a line for each cell that moved comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from appliance.analysis.city import City
from appliance.analysis.look import FAINT, INK, QUIET, blank
from appliance.analysis.palette import hex_of
from appliance.analysis.spans import Change, Changes
from appliance.analysis.wording import course_of, points, thing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS = 6
"Risers, and as many fallers, of one city."
ROW_IN = 0.27
HEAD_IN = 0.45
FOOT_IN = 0.4
LEFT, WIDTH = 0.3, 0.54
"Of the axes, by the width of the figure."
Moved = tuple[City, Changes]


def chosen(changes: Changes) -> list[Change]:
    """The surest risers and fallers, from the one that rose most to the one that fell most."""
    moved = changes.moved()
    risers = [change for change in moved if change.difference.value > 0][:MOST_ROWS]
    fallers = [change for change in moved if change.difference.value < 0][:MOST_ROWS]
    return sorted((*risers, *fallers), key=lambda change: -change.difference.value)


def draw_movers(moved: Sequence[Moved]) -> Figure:
    """One block per city in which something moved; all on the same scale, all rows of one height."""
    rows = [chosen(changes) for _, changes in moved]
    blocks = [HEAD_IN + ROW_IN * len(cells) + FOOT_IN for cells in rows]
    figure, reach, top = blank(sum(blocks)), reach_of(moved), sum(blocks)
    for (city, changes), cells, block in zip(moved, rows, blocks, strict=True):
        place = (LEFT, (top - block + FOOT_IN) / sum(blocks), WIDTH, ROW_IN * len(cells) / sum(blocks))
        ax = figure.add_axes(place)
        ax.set_title(city.title, x=-LEFT / WIDTH, color=INK)
        draw_rows(ax, cells, changes.z, 106 * reach)
        top -= block
    return figure


def reach_of(moved: Sequence[Moved]) -> float:
    """The largest end of all intervals that are drawn."""
    ends = [cell.difference.ends(changes.z) for _, changes in moved for cell in chosen(changes)]
    return max(abs(end) for pair in ends for end in pair)


def draw_rows(ax: Axes, cells: Sequence[Change], z: float, reach: float) -> None:
    """A mark with its interval for each cell, its name to the left and both shares to the right."""
    ax.axvline(0, color=FAINT, linewidth=0.9, zorder=0)
    for row, cell in enumerate(cells):
        low, high = cell.difference.ends(z)
        value = 100 * cell.difference.value
        ax.plot((100 * low, 100 * high), (row, row), color=QUIET, linewidth=1.4, solid_capstyle="butt")
        ax.plot(
            value,
            row,
            "o",
            markersize=8,
            markerfacecolor=hex_of(cell.label),
            markeredgecolor=INK,
            markeredgewidth=0.7,
        )
        ax.text(
            -0.02,
            row,
            thing(cell.table, cell.label),
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center",
        )
        shares = course_of(cell).replace("below ", "<").replace(" to ", " \u2192 ")
        ax.text(1.02, row, shares, transform=ax.get_yaxis_transform(), va="center", color=QUIET)
        ax.text(
            1.275,
            row,
            points(cell.difference.value),
            transform=ax.get_yaxis_transform(),
            va="center",
            ha="right",
        )
    ax.set(xlim=(-reach, reach), ylim=(len(cells) - 0.4, -0.6), yticks=())
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(length=0)
    ax.xaxis.set_major_formatter(lambda tick, _: points(tick / 100).replace(".0", "") if tick else "0")
