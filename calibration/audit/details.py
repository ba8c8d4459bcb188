"""Tables behind the parts of an audit: a report in, headers and rows of text out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibration.audit.report import Bench, Report

SHOWN = 16


@dataclass(frozen=True)
class Detail:
    """One table."""

    title: str
    words: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wordy: bool = False
    "More words than numbers."


def details_of(key: str, report: Report) -> tuple[Detail, ...]:
    """The tables of one part by its key."""
    bench = report.alone if key.startswith("models.") else report.own
    if key == "privacy":
        return stored(report), attacked(report), networks(report)
    if key == "calibration":
        return (line_drawn(report),)
    if bench is None:
        return ()
    return (changes(bench),) if key.endswith("fairness") else (kinds(bench),)


def changes(bench: Bench) -> Detail:
    """Every change that must not matter."""
    rows = tuple(
        (
            row.change, str(row.people), text(row.shift.mean), f"{text(row.low)} to {text(row.high)}",
            text(row.shift.p95), text(row.shift.bias, "+.3f"), share(row.turned), share(row.shift.flips),
            text(row.shift.agreement),
            f"{share(row.unjudged[0])} / {share(row.unjudged[1])}",
        )
        for row in bench.fair
    )  # fmt: skip
    words = (
        "Shifts in sigma; a bias above 0 makes the second version look more unusual. Told once: told as an exception "
        "in one version only, by the bank's threshold, and at the distance that 5 % of everyday test people exceed. "
        "Not judged: of the first and of the second version."
    )
    headers = (
        "change",
        "people",
        "mean",
        "95 %",
        "p95",
        "bias",
        "told once",
        "at 5 %",
        "rank agreement",
        "not judged",
    )
    return Detail("Change by change", words, headers, rows)


def kinds(bench: Bench) -> Detail:
    """Every kind of made exception."""
    rows = tuple(
        (kind.name, kind.family, str(kind.people), text(kind.auroc), f"{text(kind.low)} to {text(kind.high)}",
         share(kind.recall), share(kind.told), share(kind.judged))
        for kind in bench.kinds
    )  # fmt: skip
    words = (
        f"Of {bench.told.people} everyday test people, this bank would tell "
        f"{share(bench.told.share)}. Recall: found "
        "when 5 % of everyday test people are flagged. Told: by the bank's own threshold."
    )
    return Detail(
        "Kind by kind",
        words,
        ("exception", "family", "people", "AUROC", "95 %", "recall", "told", "judged"),
        rows,
    )


def stored(report: Report) -> Detail:
    """What lies in the bank file."""
    facts = report.facts
    first, last = (day or "unknown" for day in facts.days)
    rows = [
        ("schema", facts.schema),
        ("descriptor", facts.descriptor),
        ("people learned from", str(facts.passages)),
        ("learned", f"{first} to {last}"),
        ("size of the file", f"{facts.bytes / 1024:.0f} KiB"),
        *((f"prototypes of {name}", str(count)) for name, count in facts.prototypes.items()),
        ("fewest people behind anything stored", str(facts.fewest)),
        ("anything else stored", ", ".join(facts.unknown) or "nothing"),
    ]
    words = "Means of ten people and more, spreads, counts, and how far the street was from its own bank, in tenths."
    return Detail("What is stored", words, ("", ""), tuple(rows), wordy=True)


def attacked(report: Report) -> Detail:
    """The attack measure by measure."""
    rows = tuple(
        (name if name != "all" else "all together", text(leak)) for name, leak in report.leaks.items()
    )
    return Detail("The attack, measure by measure", "AUROC; .5 is guessing.", ("measure", "AUROC"), rows)


def networks(report: Report) -> Detail:
    """What the booth runs."""
    rows = tuple((one.name, one.purpose, one.licence, one.sha256[:SHOWN]) for one in report.networks)
    words = f"With the first {SHOWN} digits of each file's hash; all of them are in the JSON."
    return Detail("Networks in use", words, ("network", "purpose", "licence", "sha256"), rows, wordy=True)


def line_drawn(report: Report) -> Detail:
    """Where the bank draws the line."""
    line = report.threshold
    rows = (
        ("wanted share", share(line.wanted)),
        ("told from a distance of", text(line.distance, ".2f")),
        (
            "which the street exceeds, with 90 % probability",
            f"between {share(line.low)} and {share(line.high)}",
        ),
        ("state", "ready" if line.readiness == "ok" else line.readiness),
    )
    return Detail(
        "The threshold", "The fewer passages are known, the wider the range.", ("", ""), rows, wordy=True
    )


def text(figure: float, form: str = ".3f") -> str:
    """A number, or a dash for none."""
    return format(figure, form) if math.isfinite(figure) else "-"


def share(figure: float) -> str:
    """A share in per cent, or a dash for none."""
    return f"{figure:.1%}" if math.isfinite(figure) else "-"
