"""The result of an evaluation: records of all sets in, figures for a file and tables for people out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from appliance.errors import BoothError
from calibration.trials.statistics import Figures, Shift, auroc, auroc_interval, cut_of, share_above, shift_of
from tests.evaluation.booth import Record
from tests.evaluation.sets import CONTROL_FAMILY, Manifest

FLAG = 0.95
"Rarity from which the booth itself would flag 5 %."
LEAST_NORMALS = 10
LEAST_PAIRS = 3

Records = Mapping[str, Record | None]
"""File name -> what was said of its person; None where nobody was found."""


@dataclass(frozen=True)
class Exceptions:
    """One kind of exception, or the mean of a family."""

    family: str
    auroc: float
    low: float
    high: float
    "95 % interval; nan for means."
    recall: float
    "Share of all its people found, judged and above the cut that flags 5 % of the everyday ones."
    scored: float
    "Share of its people found and judged."


@dataclass(frozen=True)
class Rates:
    """One set of everyday people."""

    people: int
    flagged: float
    "Share with a rarity of FLAG or more: what a wanted 5 % gives."
    above_cut: float
    "Share above the cut that flags 5 % of `normal`."
    abstained: float
    unfound: float


@dataclass(frozen=True)
class Report:
    """All figures."""

    exceptions: dict[str, Exceptions]
    families: dict[str, Exceptions]
    pairs: dict[str, Shift]
    rates: dict[str, Rates]


def report_of(records: Mapping[str, Records], manifest: Manifest, seed: int = 0) -> Report:
    """Make all figures of the sets that were scored. Raises BoothError when hardly any everyday person was judged."""
    everyday = figures(records.get("normal", {}))
    if len(everyday) < LEAST_NORMALS:
        raise BoothError(
            f"only {len(everyday)} people of `normal` got a distance, {LEAST_NORMALS} are needed"
        )
    rng = np.random.default_rng(seed)
    exceptions = {
        name: exceptions_of(records[name], everyday, manifest.families.get(name, ""), rng)
        for name in records
        if name.startswith("exc_")
    }
    pairs = {}
    for name, (first, second) in manifest.pairs.items():
        one, other = both(records.get(first, {}), records.get(second, {}))
        if len(one) >= LEAST_PAIRS:
            pairs[name] = shift_of(one, other, everyday)
    rates = {
        name: rates_of(found, cut_of(everyday))
        for name, found in records.items()
        if not name.startswith(("exc_", "fair_"))
    }
    return Report(exceptions, family_means(exceptions), pairs, rates)


def figures(records: Records) -> Figures:
    """Distances of everybody judged, shape (N,)."""
    return np.array([r.distance for r in records.values() if r and r.distance is not None], np.float64)


def both(first: Records, second: Records) -> tuple[Figures, Figures]:
    """Distances of the people judged in both sets, in the same order."""
    pairs = []
    for name, one in first.items():
        other = second.get(name)
        if one and other and one.distance is not None and other.distance is not None:
            pairs.append((one.distance, other.distance))
    table = np.array(pairs, np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def exceptions_of(records: Records, everyday: Figures, family: str, rng: np.random.Generator) -> Exceptions:
    """Figures of one kind; whoever was not judged counts as missed."""
    unusual, people = figures(records), max(1, len(records))
    low, high = auroc_interval(everyday, unusual, rng)
    caught = float((unusual > cut_of(everyday)).sum()) / people
    return Exceptions(family, auroc(everyday, unusual), low, high, caught, len(unusual) / people)


def family_means(exceptions: Mapping[str, Exceptions]) -> dict[str, Exceptions]:
    """The mean over the kinds of each family but the control."""
    means = {}
    for family in sorted({kind.family for kind in exceptions.values()} - {CONTROL_FAMILY}):
        kinds = [kind for kind in exceptions.values() if kind.family == family]
        rows = np.array([(kind.auroc, kind.recall, kind.scored) for kind in kinds])
        area, recall, scored = rows.mean(axis=0).tolist()
        means[family] = Exceptions(family, area, math.nan, math.nan, recall, scored)
    return means


def rates_of(records: Records, cut: float) -> Rates:
    """Figures of one set of everyday people; nan for an empty one."""
    found = [one for one in records.values() if one]
    rarities = np.array([one.rarity for one in found if one.rarity is not None], np.float64)
    people = len(records)
    return Rates(
        people,
        share_above(rarities, np.nextafter(FLAG, 0)),
        share_above(figures(records), cut),
        sum(one.abstained for one in found) / people if people else math.nan,
        1 - len(found) / people if people else math.nan,
    )


def tables_of(report: Report) -> list[Table]:
    """Three tables for people."""
    seen = table("exceptions", "family", "AUROC", "95 %", "recall at 5 %", "judged")
    for name, kind in report.exceptions.items():
        interval = f"{kind.low:.3f}-{kind.high:.3f}"
        seen.add_row(
            name[4:], kind.family, f"{kind.auroc:.3f}", interval, f"{kind.recall:.2f}", f"{kind.scored:.2f}"
        )
    for name, mean in report.families.items():
        seen.add_row(
            "mean", name, f"{mean.auroc:.3f}", "", f"{mean.recall:.2f}", f"{mean.scored:.2f}", style="bold"
        )
    fair = table("must not matter", "people", "mean/sigma", "p95", "bias", "flips at 5 %", "rank")
    for name, shift in report.pairs.items():
        size = f"{shift.mean:.3f}", f"{shift.p95:.3f}", f"{shift.bias:+.3f}"
        fair.add_row(name, str(shift.people), *size, f"{shift.flips:.3f}", f"{shift.agreement:.3f}")
    sets = table("set", "people", "wanted 5 % gives", "above own cut", "abstained", "not found")
    for name, rates in report.rates.items():
        shares = (rates.flagged, rates.above_cut, rates.abstained, rates.unfound)
        sets.add_row(name, str(rates.people), *(f"{share:.3f}" for share in shares))
    return [seen, fair, sets]


def table(*headers: str) -> Table:
    """An empty table whose names are never broken and whose figures stand at the right."""
    empty = Table()
    for place, header in enumerate(headers):
        empty.add_column(header, no_wrap=True, justify="left" if place == 0 else "right")
    return empty
