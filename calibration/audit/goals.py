"""Goals and whether they are met: a figure with its interval in, a verdict in words out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

NOWHERE = (math.nan, math.nan)


class Verdict(str, Enum):
    """What can be said of a figure against its goal."""

    MET = "met"
    MISSED = "missed"
    OPEN = "cannot be told yet"
    NONE = "no goal"


@dataclass(frozen=True)
class Goal:
    """Between which values a figure should lie; infinite where one side does not matter."""

    least: float = -math.inf
    most: float = math.inf

    def holds(self, figure: float) -> bool:
        """Whether `figure` is within; never for nan."""
        return self.least <= figure <= self.most


@dataclass(frozen=True)
class Finding:
    """One figure of the report, judged."""

    key: str
    "For programs; stays the same from version to version."
    words: str
    "What was measured, for people."
    figure: float
    "nan: nobody to measure it on."
    unit: str
    "'sigma', 'share', 'auroc', 'times', 'people' or 'yes' (1 for yes, 0 for no)."
    goal: Goal | None
    verdict: Verdict
    interval: tuple[float, float] = NOWHERE
    "95 %; nan where there is none."


@dataclass(frozen=True)
class Part:
    """One part of the report."""

    key: str
    title: str
    findings: tuple[Finding, ...]

    @property
    def missed(self) -> tuple[Finding, ...]:
        """The findings that miss their goal."""
        return tuple(one for one in self.findings if one.verdict is Verdict.MISSED)

    @property
    def line(self) -> str:
        """The verdict on the whole part, one sentence."""
        return verdict_line(self.findings)


def judged(
    key: str,
    words: str,
    figure: float,
    unit: str,
    goal: Goal | None,
    interval: tuple[float, float] = NOWHERE,
    by_chance: bool = False,
) -> Finding:
    """A figure against its goal.

    `by_chance`: the figure of a perfect booth varies about the goal with the people drawn (an AUROC of an attack, a
    rate), so it misses only when the whole interval does. Others miss when the figure does: fairness is not excused
    by having few people.
    """
    return Finding(key, words, figure, unit, goal, verdict_of(figure, goal, interval, by_chance), interval)


def verdict_of(figure: float, goal: Goal | None, interval: tuple[float, float], by_chance: bool) -> Verdict:
    """See judged."""
    if goal is None:
        return Verdict.NONE
    if math.isnan(figure):
        return Verdict.OPEN
    if goal.holds(figure):
        return Verdict.MET
    low, high = interval
    if by_chance and low <= goal.most and high >= goal.least:
        return Verdict.OPEN
    return Verdict.MISSED


def verdict_line(findings: Iterable[Finding]) -> str:
    """How many goals are met, and what it is about where they are not, each once."""
    aimed = [one for one in findings if one.goal is not None]
    if not aimed:
        return "no goals here"
    missed = subjects(one for one in aimed if one.verdict is Verdict.MISSED)
    unsure = [
        one for one in subjects(one for one in aimed if one.verdict is Verdict.OPEN) if one not in missed
    ]
    said = [f"{sum(one.verdict is Verdict.MET for one in aimed)} of {len(aimed)} goals met"]
    if missed:
        said.append(f"missed: {', '.join(missed)}")
    if unsure:
        said.append(f"cannot be told yet: {', '.join(unsure)}")
    return "; ".join(said)


def subjects(findings: Iterable[Finding]) -> list[str]:
    """What findings are about: their words up to the comma, each once."""
    return list(dict.fromkeys(one.words.partition(",")[0] for one in findings))
