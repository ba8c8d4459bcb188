"""`booth learn`: passages of a street in, a bank file out; the passages are forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.artifacts import save_bank
from appliance.records import FloatArray, Passage
from calibration.bank import check_enough, learn_bank


@dataclass(frozen=True)
class Learned:
    """What a bank was made of."""

    bank: str
    "Id of the bank."
    people: int
    abstained: int
    prototypes: dict[str, int]
    "Measure -> stored prototypes."


def learn(passages: Iterable[Passage], descriptor: str, neighbours: int, file: Path) -> Learned:
    """Make a bank of all passages that showed their clothes and write it. Raises BoothError with fewer than ten."""
    rows: dict[str, list[FloatArray]] = {}
    people = abstained = 0
    for passage in passages:
        if passage.abstained:
            abstained += 1
            continue
        people += 1
        for name, vector in passage.measures.items():
            rows.setdefault(name, []).append(vector)
    check_enough(people)
    bank = learn_bank({name: np.stack(vectors) for name, vectors in rows.items()}, descriptor, neighbours)
    prototypes = {name: len(measure.prototypes) for name, measure in bank.measures.items()}
    return Learned(save_bank(bank, file), people, abstained, prototypes)
