"""`booth learn`: passages of a street in, a bank file out; the passages are forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance.artifacts import save_bank
from appliance.records import Passage
from calibration.bank import bank_from_street, check_enough
from calibration.street import Street


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
    street, abstained = Street(neighbours), 0
    for passage in passages:
        if passage.abstained:
            abstained += 1
        else:
            street.see(passage.measures, passage.at_s)
    street.rest()
    check_enough(street.known)
    bank = bank_from_street(street, descriptor)
    prototypes = {name: len(measure.prototypes) for name, measure in bank.measures.items()}
    return Learned(save_bank(bank, file), street.people, abstained, prototypes)
