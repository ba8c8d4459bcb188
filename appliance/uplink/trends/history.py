"""What was usual: the noisy tables of the last days in, those that a day can be compared with, added up, out.

`usual.json` beside the releases. It holds counts after the noise, so reading it costs no privacy. Those of cells that
were too small to be told are among them, since a style that was rare and rises could not be seen otherwise. A file
that is missing or torn only means that the comparisons begin anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from appliance.disk import read_small, write_durably
from appliance.uplink.trends.noise import Noisy
from appliance.uplink.trends.rules import LEAST_PASSAGES
from appliance.uplink.trends.tables import all_tables

FILE = "usual.json"
SCHEMA = "usual/1"
DAYS = 28
LEAST_DAYS = 7
"Fewer would make of every Saturday a novelty."
MOST_BYTES = 256 * 1024
MOST = 1 << 30
"Far above a street and its noise; sums and floats of it stay what they are."
CURE = "free space or set folders.vision to a writable folder"


@dataclass(frozen=True)
class Day:
    """One day's counts with noise, and by what they were made."""

    day: date
    basis: str
    "Engine and codebook; days of another basis do not compare."
    noisy: Noisy


@dataclass(frozen=True)
class Usual:
    """The days before, added up."""

    days: int
    passages: int
    counts: dict[str, tuple[int, ...]]


def usual_before(known: list[Day], day: date, basis: str) -> Usual | None:
    """The sum of up to 28 days before `day`; None where fewer than LEAST_DAYS compare."""
    fitting = [one for one in known if one.basis == basis and timedelta() < day - one.day <= timedelta(DAYS)]
    if len(fitting) < LEAST_DAYS:
        return None
    counts = {}
    for table in all_tables():
        columns = zip(*(one.noisy.counts[table.name] for one in fitting), strict=True)
        counts[table.name] = tuple(sum(column) for column in columns)
    return Usual(len(fitting), sum(one.noisy.passages for one in fitting), counts)


def read_days(folder: Path) -> list[Day]:
    """The days that are known; none where the file is missing or no such file. Never raises."""
    try:
        values = json.loads(read_small(folder / FILE, MOST_BYTES))
        return [day_from(one) for one in values["days"]] if values["schema"] == SCHEMA else []
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return []


def write_days(folder: Path, known: list[Day], keep_days: int = DAYS) -> None:
    """Keep the newest of them, DAYS or what retention allows. Raises BoothError."""
    newest = sorted(known, key=lambda one: one.day)[-min(DAYS, max(1, keep_days)) :]
    days = [
        {
            "day": one.day.isoformat(),
            "basis": one.basis,
            "passages": one.noisy.passages,
            "counts": one.noisy.counts,
        }
        for one in newest
    ]
    content = json.dumps({"schema": SCHEMA, "days": days}, separators=(",", ":")).encode("ascii")
    write_durably(folder / FILE, content, CURE, mode=0o600)


def forget_days(folder: Path, today: date, keep_days: int) -> None:
    """Let days go that are too old to be compared or to be kept. Raises BoothError."""
    known, oldest = read_days(folder), today - timedelta(days=min(DAYS, keep_days))
    young = [one for one in known if one.day >= oldest]
    if len(young) < len(known):
        write_days(folder, young, keep_days)


def bounded(value: Any) -> int:
    """A count with its noise, which may lie below 0. Raises ValueError for anything else."""
    if type(value) is not int or abs(value) > MOST:
        raise ValueError("no count")
    return value


def day_from(values: dict[str, Any]) -> Day:
    """One day of the file. Raises ValueError, LookupError or TypeError for anything else."""
    counts = {table.name: tuple(map(bounded, values["counts"][table.name])) for table in all_tables()}
    if any(len(counts[table.name]) != len(table.labels) for table in all_tables()):
        raise ValueError("not these tables")
    noisy = Noisy(bounded(values["passages"]), counts)
    if noisy.passages < LEAST_PASSAGES:
        raise ValueError("no released day")
    return Day(date.fromisoformat(values["day"]), str(values["basis"]), noisy)
