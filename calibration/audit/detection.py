"""Whether made exceptions are seen: rulings on them and on everyday people in, AUROC and recall by kind out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calibration.audit.goals import Finding, Goal, judged
from calibration.audit.rulings import Ruling, Rulings, distances_of, rarities_of
from calibration.trials.statistics import Figures, auroc, auroc_interval, cut_of, share_above

LOUD = ("vivid", "hue90", "stripes", "prints", "clash", "swap", "mono")
QUIET = ("cape", "tutu", "hugetrousers", "robe", "onepiece")
CONTROL = "none"
START = "exc_"
KIND_GOALS = {"stripes": 0.88, "prints": 0.96, "swap": 0.78}
LOUD_GOAL, QUIET_GOAL, RECALL_GOAL = 0.94, 0.80, 0.75
CONTROL_GOAL = Goal(0.45, 0.55)
"Everyday people who were not changed must look like everyday people."


@dataclass(frozen=True)
class Kind:
    """One kind of exception."""

    name: str
    family: str
    people: int
    auroc: float
    low: float
    "95 % interval."
    high: float
    recall: float
    "Share of all its people above the distance that 5 % of everyday people exceed; not judged counts as missed."
    told: float
    "Share of those judged that this bank would tell at the wanted share."
    judged: float


def kinds_of(
    rulings: Rulings, families: Mapping[str, str], threshold: float, rng: np.random.Generator
) -> list[Kind]:
    """All kinds that were tried; `threshold` is the rarity from which the bank tells an exception."""
    everyday = distances_of(rulings.get("normal", {}))
    return [
        kind_of(name, families.get(name, ""), rulings[name], everyday, threshold, rng)
        for name in rulings
        if name.startswith(START)
    ]


def kind_of(
    name: str,
    family: str,
    rulings: Mapping[str, Ruling | None],
    everyday: Figures,
    threshold: float,
    rng: np.random.Generator,
) -> Kind:
    """Figures of one kind."""
    unusual, people = distances_of(rulings), max(1, len(rulings))
    low, high = auroc_interval(everyday, unusual, rng)
    caught = float((unusual > cut_of(everyday)).sum()) / people
    told = share_above(rarities_of(rulings), float(np.nextafter(threshold, 0)))
    area = auroc(everyday, unusual)
    return Kind(
        name.removeprefix(START), family, len(rulings), area, low, high, caught, told, len(unusual) / people
    )


def detection_findings(kinds: Sequence[Kind]) -> list[Finding]:
    """Means over the loud and the quiet kinds, those with a goal of their own, and the control."""
    loud = [kind for kind in kinds if kind.name in LOUD]
    quiet = [kind for kind in kinds if kind.name in QUIET]
    found = []
    if loud:
        words = "striking colours and patterns, mean"
        found.append(judged("loud.auroc", words, *mean_auroc(loud, LOUD_GOAL), by_chance=True))
        recall = float(np.mean([kind.recall for kind in loud]))
        words = "striking colours and patterns, found when 5 % of everyday people are flagged"
        found.append(judged("loud.recall", words, recall, "share", Goal(least=RECALL_GOAL)))
    if quiet:
        words = "unusual shapes in quiet colours, mean"
        found.append(judged("quiet.auroc", words, *mean_auroc(quiet, QUIET_GOAL), by_chance=True))
    for kind in kinds:
        if kind.name == CONTROL or kind.name in KIND_GOALS:
            goal_of_kind = CONTROL_GOAL if kind.name == CONTROL else Goal(least=KIND_GOALS[kind.name])
            words = "the control: nobody changed" if kind.name == CONTROL else kind.name
            interval = (kind.low, kind.high)
            found.append(
                judged(f"{kind.name}.auroc", words, kind.auroc, "auroc", goal_of_kind, interval, True)
            )
    return found


def mean_auroc(kinds: Sequence[Kind], goal: float) -> tuple[float, str, Goal, tuple[float, float]]:
    """Mean over kinds, unit, goal and interval; kinds taken as independent, their intervals as normal."""
    mean = float(np.mean([kind.auroc for kind in kinds]))
    aside = math.sqrt(sum(((kind.high - kind.low) / 2) ** 2 for kind in kinds)) / len(kinds)
    return mean, "auroc", Goal(least=goal), (mean - aside, mean + aside)
