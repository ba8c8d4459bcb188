"""Whether a booth told of a day twice, as its releases show it: releases with their places go in; BoothError comes out.

Each release names the line of the booth's ledger that paid for it, and its number in a run of days. Two that share a
line, or numbers that fall while days rise, come of a ledger that was put back; two noises on one day hide less.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise

from appliance.analysis.release import Release
from appliance.errors import BoothError

CURE = "keep the one you trust"
ASK = "its ledger was put back: ask the booth, booth trends ledger --head {head}"
Found = tuple[str, Release]
"Where a release stands: file, and line where it has many."


def require_single_spending(found: Iterable[Found]) -> None:
    """Raise BoothError naming the file of a release that another one contradicts; each comes once in `found`."""
    days: dict[tuple[str, ...], Found] = {}
    heads: dict[tuple[str, ...], Found] = {}
    ordered = sorted(found, key=lambda one: (one[1].city, one[1].booth, run_of(one[1]), one[1].day))
    for place, release in ordered:
        name = (release.city, release.booth)
        other = days.setdefault((*name, release.day), (place, release))
        if other[1] is not release:
            told = f"{'/'.join(name)} tells of {release.day} again under another id than in {other[0]}"
            raise BoothError(f"{place}: {told}; {CURE}")
        other = heads.setdefault((*name, release.ledger), (place, release))
        if other[1] is not release:
            told = f"{'/'.join(name)} paid for {release.day} by the line that paid for {other[1].day} in {other[0]}"
            raise BoothError(f"{place}: {told}; {ASK.format(head=release.ledger)}")
    for _, run in groupby(ordered, key=lambda one: (one[1].city, one[1].booth, run_of(one[1]))):
        for earlier, later in pairwise(run):
            require_rise(earlier, later)


def require_rise(earlier: Found, later: Found) -> None:
    """Raise BoothError unless number and line rise from one release of a run to one of a later day."""
    (before, one), (place, other) = earlier, later
    if number_of(other) <= number_of(one) or line_of(other) <= line_of(one):
        told = (
            f"{other.id} of {other.day} by line {other.ledger} is after {one.id} of {one.day} by {one.ledger}"
        )
        raise BoothError(f"{place}: {told} in {before}; {ASK.format(head=one.ledger)}")


def run_of(release: Release) -> str:
    """What the ids of a run of days have in common."""
    return release.id.rpartition("-")[0]


def number_of(release: Release) -> int:
    """The place of a release in its run."""
    return int(release.id.rpartition("-")[2])


def line_of(release: Release) -> int:
    """The number of the line of the ledger that paid for it."""
    return int(release.ledger.partition(":")[0])
