"""Risers and fallers: the cells of a day and of the days before in; those whose share moved for sure, out."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.uplink.trends.history import Usual
from appliance.uplink.trends.intervals import CONFIDENCE, share_width
from appliance.uplink.trends.noise import PASSAGES, Noisy, queries
from appliance.uplink.trends.rules import LEAST_CELL
from appliance.uplink.trends.tables import all_tables

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


def movers_of(noisy: Noisy, usual: Usual, told: list[tuple[str, int]], epsilon: float) -> list[Mover]:
    """Of the cells that are `told`, (table, number), those that moved; the surest first.

    All intervals hold together with 95 %: each is at 1 - 0.05 / tested (Bonferroni), so that a quiet day has none.
    """
    level = 1 - (1 - CONFIDENCE) / max(1, len(told))
    found = [mover_of(noisy, usual, table, cell, (epsilon, level)) for table, cell in told]
    moved = [mover for mover in found if not mover.low <= 0 <= mover.high]
    return sorted(moved, key=lambda mover: -mover.surety)[:MOST]


def mover_of(noisy: Noisy, usual: Usual, name: str, cell: int, rule: tuple[float, float]) -> Mover:
    """The change of one cell; `rule`: epsilon of a day and confidence of the interval."""
    epsilon, level = rule
    scales = {query.name: query.scale for query in queries(epsilon)}
    share = min(1.0, noisy.counts[name][cell] / noisy.passages)
    # Fewer than LEAST_CELL count as so many: the difference shall not tell what a table of its own would not.
    before = min(1.0, max(LEAST_CELL, usual.counts[name][cell]) / usual.passages)
    chance = before * (1 - before) / usual.passages
    noise = usual.days * 2 * (scales[name] ** 2 + (before * scales[PASSAGES]) ** 2) / usual.passages**2
    width = share_width(share, noisy.passages, (scales[name], scales[PASSAGES]), level, chance + noise)
    label = next(table.labels[cell] for table in all_tables() if table.name == name)
    change = share - before
    return Mover(name, label, change, change - width, change + width)
