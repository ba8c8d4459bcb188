"""Banks and streets: what a street has learned becomes a bank, and learning goes on from a bank alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from appliance.artifacts import MIN_SUPPORTERS, Bank, BankError, Measure
from appliance.errors import BoothError
from appliance.records import FloatArray
from calibration.sketch import sketch_of
from calibration.street import Street
from calibration.wear import measure_from_wear, wear_from_measure

CURE = "learn it again: booth learn --again SOURCE... --bank FILE"


def learn_bank(
    passages: Mapping[str, FloatArray], descriptor: str, neighbours: int = 1, seed: int = 0
) -> Bank:
    """Make a bank of passages, measure -> (N, D). Raises BoothError when there are fewer than ten people."""
    street = Street(neighbours, seed)
    count = len(next(iter(passages.values())))
    check_enough(count)
    for row in range(count):
        street.see({name: rows[row] for name, rows in passages.items()}, 0.0)
    street.rest()
    return bank_from_street(street, descriptor)


def check_enough(people: int) -> None:
    """Raise BoothError when a bank of so few people would describe persons."""
    if people < MIN_SUPPORTERS:
        raise BoothError(
            f"only {people} people could be learned from, a bank needs {MIN_SUPPORTERS}; give longer or more sources"
        )


def bank_from_street(street: Street, descriptor: str, days: tuple[str, str] = ("", "")) -> Bank:
    """The bank of a street that is ready, just as it is; `days` as Bank.days."""
    measures = {name: measure_from_wear(wear) for name, wear in street.wears.items()}
    return bank_with(street, measures, descriptor, days)


def bank_to_keep(street: Street, descriptor: str, days: tuple[str, str] = ("", "")) -> Bank:
    """The bank to be written again and again while a street is learned: no two of them are one person apart.

    To be asked for when MIN_SUPPORTERS people have come since the last time: scales, distances and the mean of a code
    are told anew each time.
    """
    measures = {name: measure_from_wear(wear, wear.tell()) for name, wear in street.wears.items()}
    return bank_with(street, measures, descriptor, days)


def bank_with(street: Street, measures: dict[str, Measure], descriptor: str, days: tuple[str, str]) -> Bank:
    """A bank of these measures, by what the street knows of all of them together."""
    return Bank(
        descriptor,
        street.people,
        measures,
        street.fused.tail(),
        cells=street.fused.cells(),
        neighbours=street.neighbours,
        days=days,
    )


def street_from_bank(bank: Bank, today: str = "") -> Street:
    """A street that goes on where `bank` ended, faded to `today`, as 2026-11-22.

    Raises BankError for a bank without what learning needs.
    """
    street = Street(bank.neighbours)
    for name, measure in bank.measures.items():
        if measure.growth is None or bank.cells is None:
            raise BankError(f"bank {bank.id}: holds nothing to go on learning from; {CURE}")
        street.wears[name] = wear_from_measure(name, measure, measure.growth)
        street.fused = sketch_of(bank.cells)
    street.people = bank.passages
    street.fade(days_between(bank.days[1], today))
    return street


def days_between(first: str, last: str) -> float:
    """Days from one date to another, both as 2026-11-22; 0 where one is unknown or they are in the wrong order."""
    if not first or not last:
        return 0.0
    return max(0.0, float((date.fromisoformat(last) - date.fromisoformat(first)).days))


def dated(bank: Bank, days: tuple[str, str]) -> Bank:
    """The same bank with other days of learning."""
    return replace(bank, days=days)
