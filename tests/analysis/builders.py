"""Releases for tests, made quickly: shares of a street in, a `trend/1` message with noise out."""

from __future__ import annotations

import copy
import json
import math
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

CONTRACT = Path(__file__).parents[2] / "appliance" / "uplink" / "contract" / "trend.json"
SCALE = 6.25
HALF = SCALE * math.log(20)
FIRST = date(2026, 3, 1)
Shares = dict[str, dict[str, float]]


@lru_cache(maxsize=1)
def contract() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONTRACT.read_text(encoding="utf-8"))
    return found


def example() -> dict[str, Any]:
    """The contract's own, to be changed at will."""
    found: dict[str, Any] = copy.deepcopy(contract()["examples"][0])
    return found


def cells_of(shares: dict[str, float], passages: int, noise: np.random.Generator) -> list[dict[str, Any]]:
    """One table as a booth tells it."""
    counts = noise.multinomial(passages, [*shares.values(), max(0.0, 1 - sum(shares.values()))])[
        : len(shares)
    ]
    told = []
    for label, exact in zip(shares, counts, strict=True):
        count = int(exact) + round(noise.laplace(0, SCALE))
        share = count / passages
        reach = (
            math.sqrt(1.96**2 * share * (1 - share) / passages + (HALF / passages) ** 2) if share > 0 else 0
        )
        if count - HALF >= 20:
            ends = {"low": max(0.0, share - reach), "high": min(1.0, share + reach)}
            told.append({"label": label, "count": count, "share": share, **ends})
    return told


def message(
    city: str, booth: str, day: int, shares: Shares, passages: int = 3000, seed: int = 0, **over: Any
) -> dict[str, Any]:
    """What `booth` tells of the `day`-th day of its history; `over` replaces fields."""
    noise = np.random.default_rng([seed, day, *booth.encode()])
    tables = []
    for name, table in shares.items():
        cells = cells_of(table, passages, noise)
        known = {"epsilon": 0.16, "noise_scale": SCALE, "noise_half_width": HALF}
        tables.append({"name": name, **known, "suppressed": len(table) - len(cells), "cells": cells})
    crowd = {"count": passages, "low": passages - 15, "high": passages + 15}
    fields = {
        "id": f"{booth}-0badcafe-{day + 1}", "city": city, "booth": booth, "tables": tables, "movers": None,
        "day": (FIRST + timedelta(day)).isoformat(), "ledger": f"{day + 1}:0badcafe0bad",
        "passages": {**example()["passages"], **crowd},
    }  # fmt: skip
    return {**example(), **fields, **over}


def history(city: str, booth: str, days: int, street: Any, **options: Any) -> list[dict[str, Any]]:
    """One message a day; `street` gives the shares of each day's number."""
    return [message(city, booth, day, street(day), **options) for day in range(days)]


def plain_street(_: int = 0) -> Shares:
    """A street on which nothing changes."""
    colours = {"black": 0.34, "grey": 0.12, "white": 0.14, "beige": 0.09, "blue": 0.18, "green": 0.06}
    patterns = {"plain": 0.8, "striped": 0.08, "patterned": 0.12}
    styles = {"all-dark": 0.4, "light-over-dark": 0.3, "earth-tones": 0.2, "vivid-top": 0.1}
    return {"upper-colour": colours, "lower-colour": dict(colours), "pattern": patterns, "style": styles}


def rising_street(day: int) -> Shares:
    """Green takes from black above, a tenth of a point a day; stripes go by half of that."""
    street = plain_street()
    street["upper-colour"] |= {"green": 0.06 + 0.001 * day, "black": 0.34 - 0.001 * day}
    street["pattern"] |= {"striped": 0.08 - 0.0005 * day, "plain": 0.8 + 0.0005 * day}
    return street


def write(folder: Path, messages: list[dict[str, Any]]) -> Path:
    """A file for each, as booths keep them."""
    for one in messages:
        file = folder / one["city"] / one["booth"] / f"{one['day']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(one), encoding="utf-8")
    return folder
