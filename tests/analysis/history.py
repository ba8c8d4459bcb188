"""A history whose truth is known: planted streets in, releases of booths as their own code makes them, day by day, out.

Nothing is spared: each booth's passages are drawn from its street, counted, noised by OpenDP, paid for in a ledger and
written to its folder by the press that runs in every booth. What analysts then read from these folders is held
against the streets themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.health.clock import Clock
from appliance.outfit import SHADES, Outfit
from appliance.uplink.outbox_bounds import USUAL
from appliance.uplink.trends.press import Desk, Press
from appliance.uplink.trends.tables import all_tables, cells_of
from appliance.uplink.trends.tally import Tally
from appliance.vocabulary import PATTERNS

FIRST = date(2026, 3, 1)
EPSILON = 1.0
Figures = NDArray[np.float64]
Mix = dict[str, float]
Street = Callable[[int], tuple[Mix, Mix, Mix]]
"Of a day's number: shares of the upper colours, of the lower colours and of the patterns; what lacks is mixed, plain."


@dataclass(frozen=True)
class Stand:
    """One booth and the street that it looks at."""

    city: str
    booth: str
    street: Street
    passages: int = 3000
    "Of a usual day."
    silent: tuple[int, ...] = ()
    "Days on which it does not look."
    quiet: tuple[int, ...] = ()
    "Days on which too few people pass."


@lru_cache(maxsize=1)
def outfits() -> list[Outfit]:
    """Every outfit of two colours and a pattern."""
    return [
        Outfit(upper, lower, (upper, upper, lower, lower), pattern)
        for upper in SHADES
        for lower in SHADES
        for pattern in PATTERNS
    ]


@lru_cache(maxsize=1)
def cells() -> NDArray[np.int64]:
    """For each outfit the number of its cell in each table, shape (outfits, tables)."""
    return np.array([cells_of(outfit) for outfit in outfits()])


def mixture(street: Street, day: int) -> Figures:
    """The share of each outfit on one day; the three choices are made apart from each other."""
    upper, lower, pattern = street(day)
    whole = (
        filled(upper, SHADES, "mixed"),
        filled(lower, SHADES, "mixed"),
        filled(pattern, PATTERNS, "plain"),
    )
    shares: Figures = np.einsum("i,j,k->ijk", *whole).ravel()
    return shares


def filled(mix: Mix, labels: Sequence[str], rest: str) -> Figures:
    """Shares in the order of `labels`; whatever lacks goes to `rest`."""
    shares = np.array([mix.get(label, 0.0) for label in labels])
    shares[labels.index(rest)] += 1 - shares.sum()
    assert (shares >= 0).all()
    return shares


def true_shares(street: Street, day: int) -> dict[str, Figures]:
    """What the street wears on one day, by table in the order of its labels."""
    shares = mixture(street, day)
    return {
        table.name: np.bincount(cells()[:, place], shares, minlength=len(table.labels)).astype(np.float64)
        for place, table in enumerate(all_tables())
    }


def tally_of(stand: Stand, day: int, chance: np.random.Generator) -> Tally:
    """The exact counts of one day."""
    usual = 150 if day in stand.quiet else stand.passages
    passages = int(chance.poisson(usual * (0.85 if (FIRST + timedelta(day)).weekday() >= 5 else 1.06)))
    counts = chance.multinomial(passages, mixture(stand.street, day))
    tally = Tally(FIRST + timedelta(day))
    tally.passages = passages
    for place, table in enumerate(all_tables()):
        summed = np.bincount(cells()[:, place], counts, minlength=len(table.labels))
        tally.counts[table.name] = [round(count) for count in summed.tolist()]
    return tally


def play(stand: Stand, days: int, root: Path, seed: int = 1) -> Path:
    """Let a booth release `days` days; the folder of its releases."""
    state = root / stand.city / stand.booth
    runtime = state / "run"
    runtime.mkdir(parents=True)
    desk = Desk(
        folder=state / "trends",
        runtime=runtime,
        outbox=state / "outbox.sqlite",
        bounds=USUAL,
        city=stand.city,
        booth=stand.booth,
        time_zone="UTC",
        engine="b7c1d2e3f4a5",
        epsilon=EPSILON,
        keep_days=400,
    )
    desk.folder.mkdir()
    press = Press(desk)
    press.open(noon(0), FIRST, [])
    chance = np.random.default_rng([seed, *stand.booth.encode()])
    for day in (day for day in range(days) if day not in stand.silent):
        after = FIRST + timedelta(day + 1)
        press.release(tally_of(stand, day, chance), noon(day + 1), after, [])
    return desk.folder


def noon(day: int) -> Clock:
    """The clock at noon of a day."""
    at = datetime.combine(FIRST + timedelta(day), time(12), timezone.utc)
    return Clock(at.timestamp(), synced=True)
