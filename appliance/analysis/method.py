"""What the figures rest on: releases go in; budget, noise, limits and formulas, as the releases say them, come out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.analysis.release import TABLES, Release
from appliance.analysis.tables import Sheet
from appliance.analysis.wording import listed, spoken

OURS = {
    "booths of one city": "share = sum of passages x share / sum of passages; spread = root of the sum of"
    " (weight x spread)^2, where a spread is half the 95 % interval / 1.96; novelty and diversity likewise",
    "untold cells": "a cell that one booth or day tells and another does not counts there as between 0 and"
    " (least_cell + 2 noise_half_width) / passages; half of that is added to the interval as it is",
    "mean of days": "weighted by passages; spread widened by Birge's ratio, root of chi^2 / (days - 2) about a straight"
    " line, where days scatter more than noise and sampling explain; told where half of the"
    " days tell the cell; a change has one end that is not, held there as between 0 and what the rule leaves open",
    "mean diversity": "likewise; a quarter of a day's spread is added to its interval, for a bias that days share",
    "change": "mean of the last days less mean of the first, each booth against itself, unless its networks changed;"
    " interval 95 %, or 1 - 0.05 / cells for all cells together (Bonferroni)",
    "divergence": "Jensen-Shannon, log 2, of the days and cells that both cities tell, made to add up to 1; less the"
    " bias, half the sum of second derivative x variance; spread by first and second order",
}
"How this report makes its own figures, in words."


@dataclass(frozen=True)
class Method:
    """The last part of the report."""

    epsilons: str
    confidence: str
    least_passages: str
    least_cell: str
    formulas: tuple[tuple[str, str], ...]
    "Of the releases; several where booths of different versions told."
    ours: tuple[tuple[str, str], ...]
    noise: Sheet
    origin: Sheet


def method_of(releases: Sequence[Release]) -> Method:
    """As all of `releases` say it."""
    formulas = dict.fromkeys(
        (spoken(name), words) for one in releases for name, words in one.formulas.model_dump().items()
    )
    return Method(
        epsilons=each(one.epsilon for one in releases),
        confidence=each(100 * one.confidence for one in releases),
        least_passages=each(one.least_passages for one in releases),
        least_cell=each(one.least_cell for one in releases),
        formulas=tuple(sorted(formulas, key=lambda formula: formula[0])),
        ours=tuple(OURS.items()),
        noise=noise_sheet(releases),
        origin=origin_sheet(releases),
    )


def each(values: Iterable[float]) -> str:
    """Every value that occurs, as text."""
    return listed([f"{value:g}" for value in sorted(set(values))])


def noise_sheet(releases: Sequence[Release]) -> Sheet:
    """Budget, noise and suppression by table."""
    crowds = [one.passages for one in releases]
    rows = [
        ("passages", each(one.epsilon for one in crowds), each(one.noise_scale for one in crowds), "", "", "")
    ]
    for name in TABLES:
        tables = [table for one in releases for table in one.tables if table.name == name]
        if tables:
            cells = sum(len(table.cells) for table in tables) / len(tables)
            suppressed = sum(table.suppressed for table in tables) / len(tables)
            rows.append(
                (
                    spoken(name),
                    each(table.epsilon for table in tables),
                    each(table.noise_scale for table in tables),
                    each(table.noise_half_width for table in tables),
                    f"{cells:.1f}",
                    f"{suppressed:.1f}",
                )
            )
    head = (
        *("of a day", "epsilon", "noise scale, passages", "95 % of the noise within"),
        *("cells told, mean", "suppressed, mean"),
    )
    return Sheet("Privacy loss, noise and suppression", head, tuple(rows))


def origin_sheet(releases: Sequence[Release]) -> Sheet:
    """Where the releases came from, so that anybody can ask a booth's ledger."""
    rows = []
    for city, booth in dict.fromkeys((one.city, one.booth) for one in releases):
        ours = [one for one in releases if (one.city, one.booth) == (city, booth)]
        rows.append(
            (
                f"{city}/{booth}",
                f"{ours[0].id} to {ours[-1].id}",
                f"{ours[0].ledger} to {ours[-1].ledger}",
                listed(list(dict.fromkeys(one.engine for one in ours))),
                listed(list(dict.fromkeys(one.codebook for one in ours))),
                listed(list(dict.fromkeys(one.time_zone for one in ours))),
            )
        )
    head = ("booth", "releases", "lines of its ledger", "networks", "styles", "days by")
    return Sheet("Where the releases came from", head, tuple(rows))
