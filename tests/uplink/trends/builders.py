"""Streets of a few thousand outfits, tallies of chosen counts, clocks of any day, and a desk in a folder."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path

from appliance.health.clock import Clock
from appliance.outfit import SHADES, Outfit
from appliance.uplink.outbox_bounds import Bounds
from appliance.uplink.trends.noise import Noisy
from appliance.uplink.trends.press import Desk
from appliance.uplink.trends.tables import all_tables
from appliance.uplink.trends.tally import Tally
from appliance.vocabulary import PATTERNS

DAY = date(2026, 11, 25)
DARK = Outfit("black", "black", ("black",) * 4, "plain")
JEANS = Outfit("black", "blue", ("black", "black", "blue", "white"), "plain")
WEIGHTS = (30, 10, 9, 3, 1, 1, 3, 0.4, 16, 2, 3, 6, 8, 7)
"Of SHADES, as a street wears them."


def street(passages: int, seed: int = 1, red: float = 3) -> Tally:
    """A day of so many people; `red`: how many wear it above, in weights."""
    rng = random.Random(seed)
    weights = [red if shade == "red" else weight for shade, weight in zip(SHADES, WEIGHTS, strict=True)]
    tally = Tally(DAY)
    for _ in range(passages):
        upper, lower = rng.choices(SHADES, weights)[0], rng.choices(SHADES, WEIGHTS)[0]
        pattern = rng.choices(PATTERNS, (80, 7, 13))[0]
        tally.add(Outfit(upper, lower, (upper, upper, lower, rng.choice(("black", "white"))), pattern))
    return tally


def alike(outfit: Outfit, passages: int, day: date | None = DAY) -> Tally:
    """A day on which all wear the same."""
    tally = Tally(day)
    for _ in range(passages):
        tally.add(outfit)
    return tally


def noisy(passages: int, counts: Mapping[str, Mapping[int, int]] = {}) -> Noisy:
    """Counts as they come out of the noise: table -> number of the cell -> count, 0 elsewhere."""
    return Noisy(
        passages,
        {
            table.name: tuple(counts.get(table.name, {}).get(cell, 0) for cell in range(len(table.labels)))
            for table in all_tables()
        },
    )


def clock_at(day: date, hour: float = 0.1, zone: tzinfo = timezone.utc, *, synced: bool = True) -> Clock:
    """A clock on that day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Clock(midnight.timestamp() + hour * 3600, synced)


def next_day(day: date, days: int = 1) -> date:
    return day + timedelta(days=days)


def desk_in(folder: Path, epsilon: float = 1.0) -> Desk:
    (folder / "vision").mkdir(parents=True, exist_ok=True)
    return Desk(
        folder=folder / "trends",
        runtime=folder / "vision",
        outbox=folder / "outbox.sqlite",
        bounds=Bounds(),
        city="new-york",
        booth="desk",
        time_zone="America/New_York",
        engine="abcdef012345",
        epsilon=epsilon,
        keep_days=400,
    )


def at_least(scale: float, k: int) -> float:
    """P(noise >= k), for k from 0: how probably a count that is k too low slips over a limit."""
    a = math.exp(-1 / scale)
    return 1 / (1 + a) if k == 0 else a**k / (1 + a)
