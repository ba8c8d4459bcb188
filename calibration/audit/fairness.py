"""Whether a change that must not matter moves the verdict: rulings on pairs in, shifts and judged findings out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from appliance.vision.rarity import share_interval
from calibration.audit.changes import (
    ABSTAIN_GAP,
    GARMENT_CONTROL,
    GROUPS,
    OTHER,
    SILENCE,
    Group,
)
from calibration.audit.goals import Finding, Goal, judged
from calibration.audit.pairs import Pairs, Row, pairs_of
from calibration.audit.rulings import Ruling, Rulings, distances_of
from calibration.trials.statistics import Figures, shift_of

CONTROL = ("exc_none", "exc_hue90")
"Sets between which only the clothes' hue differs."


def fairness_findings(compared: Sequence[Pairs], rows: Sequence[Row], everyday: Figures) -> list[Finding]:
    """Goals of every group that was tried."""
    findings = []
    for group in (*GROUPS, OTHER):
        inside = [one for one in compared if one.group == group]
        if inside:
            findings += group_findings(
                group, inside, [row for row in rows if row.group == group.key], everyday
            )
    return findings


def group_findings(
    group: Group, compared: Sequence[Pairs], rows: Sequence[Row], everyday: Figures
) -> list[Finding]:
    """The worst mean of a group's changes; the rest over all of them together, as it needs many people."""
    worst = max(rows, key=lambda row: -1.0 if math.isnan(row.shift.mean) else row.shift.mean)
    together = shift_of(
        np.concatenate([one.first for one in compared]),
        np.concatenate([one.second for one in compared]),
        everyday,
    )
    turned = np.concatenate([one.turned for one in compared])
    flips = max(float(turned.mean()), together.flips) if len(turned) else math.nan
    name = f"{group.title}, worst ({worst.change})" if len(rows) > 1 else group.title
    found = [
        judged(
            f"{group.key}.mean", name, worst.shift.mean, "sigma", at_most(group.mean), (worst.low, worst.high)
        )
    ]
    if group.p95 is not None:
        words = f"{group.title}, 95 % of people below"
        found.append(judged(f"{group.key}.p95", words, together.p95, "sigma", at_most(group.p95)))
    if group.flips is not None:
        words = f"{group.title}, told as an exception in one version only"
        found.append(judged(f"{group.key}.flips", words, flips, "share", at_most(group.flips)))
    return [*found, gap_finding(group, compared)]


def gap_finding(group: Group, compared: Sequence[Pairs]) -> Finding:
    """How much more often nothing is said of one version than of the other, in the worst comparison of a group."""
    worst = max(compared, key=lambda one: abs(gap_of(one.unjudged)))
    gap = gap_of(worst.unjudged)
    aside = 1.96 * float(np.diff(worst.unjudged, axis=1).std()) / math.sqrt(len(worst.unjudged))
    interval = max(0.0, abs(gap) - aside), abs(gap) + aside
    words = f"{group.title}, more often not judged in one version"
    return judged(
        f"{group.key}.gap", words, abs(gap), "share", Goal(most=ABSTAIN_GAP), interval, by_chance=True
    )


def gap_of(unjudged: Figures) -> float:
    """Share not judged in the second version less that in the first, from (N, 2), N >= 1."""
    before, after = unjudged.mean(axis=0).tolist()
    return float(after - before)


def at_most(most: float | None) -> Goal | None:
    """A goal with an upper end; None without one."""
    return None if most is None else Goal(most=most)


def garment_control(rulings: Rulings, rows: Sequence[Row], threshold: float, everyday: Figures) -> Finding:
    """How many times as much a change of the clothes' hue moves the distance as the worst change of the skin tone."""
    skin = [row.shift.mean for row in rows if row.group == "skin_tone" and not math.isnan(row.shift.mean)]
    times = math.nan
    if skin and max(skin) > 0 and all(name in rulings for name in CONTROL):
        clothes = pairs_of("hue", rulings[CONTROL[0]], rulings[CONTROL[1]], threshold)
        times = shift_of(clothes.first, clothes.second, everyday).mean / max(skin)
    words = "a change of the clothes' hue counts so many times a change of the skin's tone"
    return judged("garment_control", words, times, "times", Goal(least=GARMENT_CONTROL))


def silence_finding(everyday: Mapping[str, Ruling | None]) -> Finding:
    """Share of everyday people of whom nothing could be said."""
    words, goal = "everyday people not judged", Goal(most=SILENCE)
    if not everyday:
        return judged("silence", words, math.nan, "share", goal)
    share = sum(one is None for one in everyday.values()) / len(everyday)
    low, high = share_interval(share, len(everyday), 0.95)
    return judged("silence", words, share, "share", goal, (float(low), float(high)), by_chance=True)


def everyday_of(rulings: Rulings) -> Figures:
    """Distances of everyday people, shape (M,)."""
    return distances_of(rulings.get("normal", {}))
