"""The release of one day: counts with noise in; the bytes of a trend/1, which is all that the world learns, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from appliance.uplink.trends.formulas import FORMULAS
from appliance.uplink.trends.history import Usual
from appliance.uplink.trends.indices import Index, diversity, novelty
from appliance.uplink.trends.intervals import CONFIDENCE, half_width, share_width
from appliance.uplink.trends.movers import movers_of, tested
from appliance.uplink.trends.noise import PASSAGES, Noisy, Query, queries
from appliance.uplink.trends.rules import LEAST_CELL, LEAST_PASSAGES, may_be_small, told_cells, widths
from appliance.uplink.trends.styles import read_codebook
from appliance.uplink.trends.tables import Table, all_tables
from appliance.uplink.wording import payload_from_values

SCHEMA = "trend/1"
MOST_BYTES = 32 * 1024
STYLE = "style"
DECIMALS = 4


@dataclass(frozen=True)
class Origin:
    """Whose release it is, and of which day."""

    id: str
    city: str
    booth: str
    day: date
    time_zone: str
    engine: str
    ledger: str
    "The line that spent the budget, N:HASH12."
    epsilon: float

    @property
    def basis(self) -> str:
        """What has to be the same for two days to be compared."""
        return f"{self.engine} {read_codebook().id} {self.epsilon}"


def payload_of(noisy: Noisy, usual: Usual | None, origin: Origin) -> bytes:
    """The message. Raises ValueError for one that is too long, which no street can make it."""
    told = told_cells(noisy, origin.epsilon)
    asked = {query.name: query for query in queries(origin.epsilon)}
    tables = [table_values(table, noisy, told, asked) for table in all_tables()]
    payload = payload_from_values(
        {
            "schema": SCHEMA,
            **{key: getattr(origin, key) for key in ("id", "city", "booth")},
            "day": origin.day.isoformat(),
            **{key: getattr(origin, key) for key in ("time_zone", "engine")},
            "codebook": read_codebook().id,
            "ledger": origin.ledger,
            "epsilon": origin.epsilon,
            "confidence": CONFIDENCE,
            "least_passages": LEAST_PASSAGES,
            "least_cell": LEAST_CELL,
            "passages": passages_values(noisy, asked[PASSAGES], widths(origin.epsilon)[PASSAGES]),
            "tables": tables,
            "diversity": index_values(diversity(noisy.counts[STYLE], asked[STYLE].scale, noisy.passages)),
            "novelty": novelty_values(noisy, usual, asked[STYLE].scale),
            "movers": movers_values(noisy, usual, origin.epsilon),
            "formulas": FORMULAS,
        }
    )
    if len(payload) > MOST_BYTES:
        raise ValueError(f"a release of {len(payload)} bytes")
    return payload


def passages_values(noisy: Noisy, query: Query, width: int) -> dict[str, Any]:
    """How many passed."""
    interval = {"low": noisy.passages - width, "high": noisy.passages + width}
    return {
        "count": noisy.passages,
        **interval,
        "epsilon": query.epsilon,
        "noise_scale": round(query.scale, 6),
    }


def table_values(
    table: Table, noisy: Noisy, told: list[tuple[str, int]], asked: dict[str, Query]
) -> dict[str, Any]:
    """One table: the cells that are told, and how many are not."""
    query = asked[table.name]
    scales = (query.scale, asked[PASSAGES].scale)
    cells = [cell for name, cell in told if name == table.name]
    return {
        "name": table.name,
        "epsilon": round(query.epsilon, 6),
        "noise_scale": round(query.scale, 6),
        "noise_half_width": half_width(query.scale),
        "suppressed": len(table.labels) - len(cells),
        "cells": [
            cell_values(table.labels[cell], noisy.counts[table.name][cell], noisy.passages, scales)
            for cell in cells
        ],
    }


def cell_values(label: str, count: int, passages: int, scales: tuple[float, float]) -> dict[str, Any]:
    """One cell: its count, its share, and the interval of the street's share."""
    share = min(1.0, count / passages)
    width = share_width(share, passages, scales)
    least = 0.0 if may_be_small(count, scales[0]) else share - width
    low, high = rounded(least, share + width, 0.0, 1.0)
    return {"label": label, "count": count, "share": round(share, DECIMALS), "low": low, "high": high}


def index_values(index: Index) -> dict[str, Any]:
    """A figure with its interval."""
    low, high = rounded(index.low, index.high, 0.0, math.inf)
    return {"value": round(index.value, DECIMALS), "low": low, "high": high}


def novelty_values(noisy: Noisy, usual: Usual | None, scale: float) -> dict[str, Any] | None:
    """How new the day is; None where there is too little to compare it with."""
    if usual is None:
        return None
    index = novelty(noisy.counts[STYLE], usual.counts[STYLE], usual.days, scale)
    return {**index_values(index), "days": usual.days}


def movers_values(noisy: Noisy, usual: Usual | None, epsilon: float) -> dict[str, Any] | None:
    """Risers and fallers; None where there is too little to compare with."""
    if usual is None:
        return None
    cells = []
    for mover in movers_of(noisy, usual, epsilon):
        low, high = rounded(mover.low, mover.high, -1.0, 1.0)
        change = round(mover.change, DECIMALS)
        cells.append({"table": mover.table, "label": mover.label, "change": change, "low": low, "high": high})
    return {"days": usual.days, "tested": tested(), "cells": cells}


def rounded(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """An interval with few decimals, rounded outwards and cut to what can be."""
    unit = 10**DECIMALS
    return max(least, math.floor(low * unit) / unit), min(most, math.ceil(high * unit) / unit)
