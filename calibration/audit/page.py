"""The audit as a page for a data protection officer: a report in, self-contained HTML out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibration.audit.details import Detail, details_of
from calibration.audit.goals import Finding, Goal, Part, Verdict
from calibration.audit.report import Report
from calibration.page import Bar, bar_of, render

COLOURS = {
    Verdict.MET: "#2e7d32",
    Verdict.MISSED: "#c62828",
    Verdict.OPEN: "#b7791f",
    Verdict.NONE: "#777777",
}
STYLES = {Verdict.MET: "met", Verdict.MISSED: "missed", Verdict.OPEN: "open", Verdict.NONE: "none"}
WORDS = {
    "fairness": "How far the distance of the same clothes moves when only the wearer or the circumstances change, and "
    "whether the verdict turns. Less is better.",
    "detection": "Outfits that were made unusual against everyday ones. More is better; the control must be at .5.",
    "privacy": "What the bank keeps, what can be found out from it, and what the networks are.",
    "calibration": "Whether the booth knows enough passages to tell anybody, and what its wanted share gives.",
}
"Last part of a part's key -> what it is about."


@dataclass(frozen=True)
class Line:
    """One finding as it is printed."""

    words: str
    figure: str
    interval: str
    bar: Bar | None
    colour: str
    goal: str
    verdict: str
    style: str


@dataclass(frozen=True)
class Section:
    """One part as it is printed."""

    title: str
    line: str
    words: str
    lines: tuple[Line, ...]
    details: tuple[Detail, ...]


def audit_page(report: Report) -> str:
    """The whole page."""
    sections = [section_of(part, report) for part in report.parts]
    return render("audit.html", report=report, sections=sections, painted="painted" in report.origin)


def section_of(part: Part, report: Report) -> Section:
    """A part with its figures in words."""
    words = WORDS[part.key.rpartition(".")[2]]
    return Section(
        part.title,
        part.line,
        words,
        tuple(line_of(one) for one in part.findings),
        details_of(part.key, report),
    )


def line_of(finding: Finding) -> Line:
    """A finding as text and bar."""
    low, high = finding.interval
    sure = "" if math.isnan(low) else f"{number(low, finding.unit)} to {number(high, finding.unit)}"
    goals = (finding.goal.least, finding.goal.most) if finding.goal else ()
    return Line(
        finding.words,
        number(finding.figure, finding.unit),
        sure,
        None if finding.unit == "yes" else bar_of(finding.figure, *goals),
        COLOURS[finding.verdict],
        goal_words(finding.goal, finding.unit),
        finding.verdict.value,
        STYLES[finding.verdict],
    )


def number(figure: float, unit: str) -> str:
    """A figure with its unit, as people read it."""
    if not math.isfinite(figure):
        return "not measured" if math.isnan(figure) else "none"
    if unit == "yes":
        return "yes" if figure else "no"
    if unit == "people":
        return f"{figure:.0f}"
    if unit == "times":
        return f"{figure:.1f} times"
    return {"share": f"{figure:.1%}", "sigma": f"{figure:.3f} sigma"}.get(unit, f"{figure:.3f}")


def goal_words(goal: Goal | None, unit: str) -> str:
    """A goal as people read it."""
    if goal is None:
        return ""
    if unit == "yes":
        return "yes"
    if math.isinf(goal.least):
        return f"at most {number(goal.most, unit)}"
    if math.isinf(goal.most):
        return f"at least {number(goal.least, unit)}"
    return f"{number(goal.least, unit)} to {number(goal.most, unit)}"
