"""What the wanted share gives: a bank and held-out people in, how many are told and how sure that is out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.artifacts import Bank
from appliance.vision.novelty import references_of
from appliance.vision.rarity import least_passages, readiness, share_interval
from calibration.audit.goals import Finding, Goal, Verdict, judged
from calibration.audit.rulings import Ruling, rarities_of
from calibration.thresholds import Threshold, threshold_of

TIMES = (0.8, 1.3)
"Of the wanted share: 4 to 6.5 % for a wanted 5 %."
LEAST_PASSAGES = 300
"Behind a bank, from which the goal holds."


@dataclass(frozen=True)
class HeldOut:
    """What a bank tells of everyday people it was not learned from."""

    people: int
    "Judged."
    share: float
    "Told as an exception."
    low: float
    "95 % interval."
    high: float


def held_out(rulings: Mapping[str, Ruling | None], wanted: float) -> HeldOut:
    """Share of people with a rarity of 1 - wanted or more."""
    rarities = rarities_of(rulings)
    if not len(rarities):
        return HeldOut(0, math.nan, math.nan, math.nan)
    share = float((rarities >= 1 - wanted).mean())
    low, high = share_interval(share, len(rarities), 0.95)
    return HeldOut(len(rarities), share, float(low), float(high))


def readiness_findings(bank: Bank, wanted: float) -> tuple[list[Finding], Threshold]:
    """How much stands behind a bank, and where it draws the line."""
    references = references_of(bank)
    line = threshold_of(bank, wanted)
    said = readiness(wanted, references)
    words = "passages behind the bank's calibration"
    goal, verdict = Goal(least=least_passages(wanted)), Verdict.MET if said == "ok" else Verdict.OPEN
    found = [
        Finding(
            "passages", words if said == "ok" else f"{words}, {said}", references, "people", goal, verdict
        )
    ]
    return found, line


def rate_finding(trial: Bank, told: HeldOut, wanted: float) -> Finding:
    """What the wanted share gives with a bank learned the same way from other test people."""
    goal = Goal(TIMES[0] * wanted, TIMES[1] * wanted)
    words = f"told of people not learned from, at a wanted {wanted:.0%}"
    finding = judged("rate", words, told.share, "share", goal, (told.low, told.high), by_chance=True)
    if finding.verdict is Verdict.MISSED and references_of(trial) < LEAST_PASSAGES:
        return Finding(**{**vars(finding), "verdict": Verdict.OPEN})
    return finding
