"""The audit: what was seen of test people, a bank and facts of the booth in; a report of judged parts out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

from appliance.artifacts import MIN_SUPPORTERS, Bank
from calibration.audit import fairness
from calibration.audit.detection import Kind, detection_findings, kinds_of
from calibration.audit.goals import Part, verdict_line
from calibration.audit.pairs import Row, compare, row_of
from calibration.audit.privacy import (
    BankFacts,
    Network,
    attack_findings,
    attack_on,
    bank_findings,
    mask_finding,
    network_findings,
)
from calibration.audit.readiness import HeldOut, held_out, rate_finding, readiness_findings
from calibration.audit.rulings import Court, Rulings, rule_on
from calibration.audit.sight import Trials, vectors_of
from calibration.bank import learn_bank
from calibration.thresholds import Threshold

SCHEMA = "audit/1"
CourtOf = Callable[[Bank], Court]


@dataclass(frozen=True)
class Facts:
    """What is known of the booth besides its bank."""

    file: BankFacts
    networks: tuple[Network, ...]
    packages: tuple[str, ...]
    "Names of the installed Python packages."
    masks: tuple[bool, ...]
    "For some people: whether the descriptor stayed the same with noise behind the mask."


@dataclass(frozen=True)
class Bench:
    """Test people before one bank."""

    fair: tuple[Row, ...]
    kinds: tuple[Kind, ...]
    told: HeldOut
    "Everyday test people that this bank would tell."


@dataclass(frozen=True)
class Report:
    """Everything the audit found."""

    schema: str
    day: str
    bank: str
    "Id."
    origin: str
    "Of the test people."
    pictures: int
    wanted: float
    seed: int
    facts: BankFacts
    networks: tuple[Network, ...]
    threshold: Threshold
    parts: tuple[Part, ...]
    own: Bench
    "By the booth's bank."
    alone: Bench | None
    "By a bank that was learned from test people only: what descriptor and mask do, whatever the street."
    leaks: Mapping[str, float]
    "Measure -> AUROC of the membership attack; 'all' for their sum."

    @property
    def line(self) -> str:
        """The verdict on everything."""
        return verdict_line([finding for part in self.parts for finding in part.findings])

    @property
    def missed(self) -> int:
        """Goals missed."""
        return sum(len(part.missed) for part in self.parts)


def make_report(
    bank: Bank, trials: Trials, facts: Facts, court_of: CourtOf, wanted: float, day: str, seed: int
) -> Report:
    """Judge the test people by the booth's bank, and by one learned in memory from the people of the set `bank`."""
    own, own_parts = bench_of(trials, court_of(bank), wanted, seed, "own", "this booth's bank")
    trial = trial_bank(trials, bank)
    alone: Bench | None = None
    alone_parts: list[Part] = []
    leaks: dict[str, float] = {}
    found, line = readiness_findings(bank, wanted)
    others = trials.sights.get("calib") or trials.sights.get("normal", {})
    members = trials.sights.get("bank", {})
    if trial is not None:
        court = court_of(trial)
        alone, alone_parts = bench_of(trials, court, wanted, seed, "models", "the models alone")
        told = held_out(rule_on({"others": others}, court)["others"], wanted)
        found = [*found, rate_finding(trial, told, wanted)]
        leaks = attack_on(trial, vectors_of(members), vectors_of(others))
    privacy = [
        *bank_findings(facts.file),
        *attack_findings(leaks, len(members), len(others)),
        mask_finding(list(facts.masks)),
        *network_findings(facts.networks, facts.packages),
    ]
    parts = (
        *own_parts,
        Part("privacy", "Privacy", tuple(privacy)),
        Part("calibration", "Calibration: how many are told", tuple(found)),
        *alone_parts,
    )
    pictures = sum(len(seen) for seen in trials.sights.values())
    return Report(
        SCHEMA, day, bank.id, trials.origin, pictures, wanted, seed, facts.file, facts.networks, line, parts, own,
        alone, leaks,
    )  # fmt: skip


def bench_of(
    trials: Trials, court: Court, wanted: float, seed: int, key: str, by: str
) -> tuple[Bench, list[Part]]:
    """Fairness and detection by one bank."""
    rulings, rng, threshold = rule_on(trials.sights, court), np.random.default_rng(seed), 1 - wanted
    everyday = fairness.everyday_of(rulings)
    compared = compare(trials.pairs, rulings, threshold)
    rows = [row_of(pairs, everyday, rng) for pairs in compared]
    kinds = kinds_of(rulings, trials.families, threshold, rng)
    fair = fairness.fairness_findings(compared, rows, everyday)
    if any(row.group == "skin_tone" for row in rows):
        fair.append(fairness.garment_control(rulings, rows, threshold, everyday))
    fair.append(fairness.silence_finding(rulings.get("normal", {})))
    parts = [
        Part(f"{key}.fairness", f"Fairness, by {by}", tuple(fair)),
        Part(f"{key}.detection", f"Unusual outfits, by {by}", tuple(detection_findings(kinds))),
    ]
    return Bench(tuple(rows), tuple(kinds), told_of(rulings, wanted)), parts


def told_of(rulings: Rulings, wanted: float) -> HeldOut:
    """How many everyday test people the bank would tell."""
    return held_out(rulings.get("normal", {}), wanted)


def trial_bank(trials: Trials, like: Bank) -> Bank | None:
    """A bank in memory of the people in the set `bank`; None when there are too few."""
    vectors = vectors_of(trials.sights.get("bank", {}))
    if not vectors or len(next(iter(vectors.values()))) < 2 * MIN_SUPPORTERS:
        return None
    return learn_bank(vectors, like.descriptor, like.neighbours)


def plain(value: Any) -> Any:
    """A report as JSON has it: what is no number or infinite is null."""
    if isinstance(value, Part):
        return {**plain(vars(value)), "verdict": value.line, "missed": len(value.missed)}
    if isinstance(value, Report):
        return {**plain(vars(value)), "verdict": value.line, "missed": value.missed}
    if is_dataclass(value) and not isinstance(value, type):
        return plain(vars(value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
