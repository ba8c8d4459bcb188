"""What the bank and the networks could tell of persons: a bank file, attacks and checks in, judged findings out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from appliance.artifacts import MIN_SUPPORTERS, SCHEMA, Bank, tensors_of
from appliance.artifacts.bank import GROWTH
from calibration.audit.goals import Finding, Goal, judged
from calibration.trials.membership import Vectors, attack

AGGREGATES = frozenset({"prototypes", "supporters", "centre", "spread", "tail", "cells", "memory", *GROWTH})
"Everything that a bank of this schema may keep of a measure: means, spreads and counts."
LEAK_GOAL = Goal(most=0.55)
FACE_NETWORKS = (
    "arcface", "facenet", "insightface", "sphereface", "cosface", "deepface", "vggface", "openface", "adaface",
    "magface", "face_recognition", "face-recognition", "face recognition", "face identification", "face embedding",
    "re-identification", "reid", "re-id", "osnet", "dlib", "gait recognition", "mtcnn", "retinaface",
)  # fmt: skip
"Names of networks, packages and purposes that know persons again, or that prepare it."
TENSORS = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class BankFacts:
    """What lies in a bank file."""

    schema: str
    descriptor: str
    passages: int
    days: tuple[str, str]
    bytes: int
    prototypes: dict[str, int]
    "Measure -> how many."
    fewest: int
    "Supporters of the least prototype, or passages of the least cell."
    unknown: tuple[str, ...]
    "What no bank of this schema holds."


@dataclass(frozen=True)
class Network:
    """One network that the booth runs."""

    name: str
    purpose: str
    licence: str
    sha256: str
    "Of the file that runs."
    known: bool
    "It is a file of the manifest, or was compared with one before it was allowed to run."


def facts_of_file(file: Path) -> BankFacts:
    """Read what is stored, by name, without believing the file's own words on it."""
    with safe_open(file, framework="np") as opened:
        stored = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a mapping
        metadata = opened.metadata() or {}
    return facts_of(stored, metadata, file.stat().st_size)


def facts_of(stored: TENSORS, metadata: Mapping[str, str], size: int) -> BankFacts:
    """Facts of stored tensors; `size` in bytes."""
    counts = [stored[name] for name in stored if name.endswith(".supporters")]
    counts += [stored[name][:, 2] for name in stored if name.endswith(".cells")]
    least = min((float(array.min()) for array in counts if array.size), default=0.0)
    return BankFacts(
        metadata.get("schema", ""),
        metadata.get("descriptor", ""),
        int(metadata.get("passages", 0)),
        (metadata.get("first_day", ""), metadata.get("last_day", "")),
        size,
        {name[: -len(".prototypes")]: len(stored[name]) for name in stored if name.endswith(".prototypes")},
        int(least + 1e-3),
        tuple(sorted(name for name in stored if name.rpartition(".")[2] not in AGGREGATES)),
    )


def bank_findings(facts: BankFacts) -> list[Finding]:
    """Nothing but aggregates of ten and more."""
    return [
        judged("schema", f"the file is of schema {SCHEMA}", float(facts.schema == SCHEMA), "yes", Goal(least=1)),
        judged("supporters", "fewest people behind anything stored", facts.fewest, "people",
               Goal(least=MIN_SUPPORTERS)),
        judged("aggregates", "nothing is stored but means, spreads and counts", float(not facts.unknown), "yes",
               Goal(least=1)),
    ]  # fmt: skip


def attack_findings(leaks: Mapping[str, float], members: int, others: int) -> list[Finding]:
    """The attack on all measures together and on the worst one alone; measure -> AUROC, "all" among them."""
    if not leaks:
        return [judged("membership", "attack whether a person was in the bank", math.nan, "auroc", LEAK_GOAL)]
    alone = {name: leak for name, leak in leaks.items() if name != "all"}
    worst = max(alone, key=lambda name: alone[name])
    words = "attack whether a person was in the bank"
    return [
        leak_finding("membership", words, leaks["all"], members, others),
        leak_finding(
            "membership_worst", f"{words}, by the worst measure ({worst})", alone[worst], members, others
        ),
    ]


def leak_finding(key: str, words: str, leak: float, members: int, others: int) -> Finding:
    """An AUROC with the interval that guessing would have (Mann and Whitney 1947)."""
    aside = 1.96 * math.sqrt((members + others + 1) / (12 * max(1, members * others)))
    return judged(key, words, leak, "auroc", LEAK_GOAL, (leak - aside, leak + aside), by_chance=True)


def attack_on(bank: Bank, members: Vectors, others: Vectors) -> dict[str, float]:
    """The attack on a bank in memory, measure -> AUROC; empty without people on both sides."""
    if not members or not others:
        return {}
    return attack(tensors_of(bank), members, others)


def network_findings(networks: Iterable[Network], packages: Iterable[str]) -> list[Finding]:
    """No network and no package that knows persons again; all files are those of the manifest."""
    listed = list(networks)
    faces = suspects([f"{one.name} {one.purpose}" for one in listed]) + suspects(packages)
    words = "no network and no package that recognises people" + (
        f", but {', '.join(faces)}" if faces else ""
    )
    known = float(all(one.known for one in listed))
    return [
        judged("faces", words, float(not faces), "yes", Goal(least=1)),
        judged(
            "hashes", "every network is the one of the manifest, by its hash", known, "yes", Goal(least=1)
        ),
    ]


def suspects(names: Iterable[str]) -> list[str]:
    """The names that tell of knowing persons again."""
    return [name for name in names if any(part in name.lower() for part in FACE_NETWORKS)]


def mask_finding(identical: list[bool]) -> Finding:
    """Whether descriptors stayed as they were, bit by bit, when everything behind the mask became noise."""
    share = float(np.mean(identical)) if identical else math.nan
    words = "descriptor unchanged to the last bit when all that the mask hides becomes noise"
    return judged("mask", words, share, "share", Goal(least=1))
