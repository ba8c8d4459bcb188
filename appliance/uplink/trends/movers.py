"""Risers and fallers: the cells of a day and of the days before in; those whose share moved for sure, out."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.uplink.trends.history import Usual
from appliance.uplink.trends.intervals import CONFIDENCE, half_width, share_width
from appliance.uplink.trends.noise import PASSAGES, Noisy, queries
from appliance.uplink.trends.rules import LEAST_CELL
from appliance.uplink.trends.tables import Table, all_tables

MOST = 32
"That are told."


@dataclass(frozen=True)
class Mover:
    """One cell whose share changed."""

    table: str
    label: str
    change: float
    low: float
    high: float

    @property
    def surety(self) -> float:
        """How far 0 lies outside the interval, in half widths."""
        return abs(self.change) / max(1e-9, self.high - self.change)


def tested() -> int:
    """Cells that are asked each day whether they moved: all there are, told or not."""
    return sum(len(table.labels) for table in all_tables())


def movers_of(noisy: Noisy, usual: Usual, epsilon: float) -> list[Mover]:
    """Those that moved; the surest first.

    All intervals hold together with 95 %: each is at 1 - 0.05 / tested (Bonferroni), so that a quiet day has none.
    By all cells and not by those that are told: on a thin street it is the noise that chooses these.
    """
    rule = (epsilon, 1 - (1 - CONFIDENCE) / tested())
    asked = [(table, cell) for table in all_tables() for cell in range(len(table.labels))]
    found = [mover_of(noisy, usual, table, cell, rule) for table, cell in asked]
    moved = [mover for mover in found if not mover.low <= 0 <= mover.high]
    return sorted(moved, key=lambda mover: -mover.surety)[:MOST]


def mover_of(noisy: Noisy, usual: Usual, table: Table, cell: int, rule: tuple[float, float]) -> Mover:
    """The change of one cell; `rule`: epsilon of a day and confidence of the interval.

    The difference shall not tell what a table of its own would not. So a cell that is not told today counts as if it
    had just been left out, and its interval reaches down to none at all; it can be a faller, never a riser. Before,
    fewer than LEAST_CELL in all count as so many.
    """
    epsilon, level = rule
    scales = {query.name: query.scale for query in queries(epsilon)}
    count, most_hidden = noisy.counts[table.name][cell], LEAST_CELL + half_width(scales[table.name])
    share = min(1.0, max(most_hidden, count) / noisy.passages)
    before = min(1.0, max(LEAST_CELL, usual.counts[table.name][cell]) / usual.passages)
    chance = before * (1 - before) / usual.passages
    noise = usual.days * 2 * (scales[table.name] ** 2 + (before * scales[PASSAGES]) ** 2) / usual.passages**2
    ours = (scales[table.name], scales[PASSAGES])
    width = share_width(share, noisy.passages, ours, level, chance + noise)
    change = share - before
    low = (change if count >= most_hidden else -before) - width
    return Mover(table.name, table.labels[cell], change, min(change, low), change + width)
