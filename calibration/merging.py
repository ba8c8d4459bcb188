"""Banks of several booths of a city: two or more in, the bank of their streets together out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appliance.artifacts import Bank, BankError
from appliance.vision.novelty import is_coded
from calibration.bank import bank_from_street, street_from_bank
from calibration.growth import thin_out
from calibration.prototypes import MAX_PROTOTYPES, Figures
from calibration.scale import unit_of
from calibration.sketch import together
from calibration.street import Street
from calibration.styles import Styles, joined
from calibration.wear import Wear


def merge_banks(banks: Sequence[Bank]) -> Bank:
    """One bank of N >= 1 banks, each faded to the last day of all; every passage counts the same.

    Distances were counted against the bank of their own street, and the nearest of more prototypes is nearer, so a
    merged bank calls too few people rare until it has learned on. Raises BankError for banks that do not fit.
    """
    check_alike(banks)
    last = max(bank.days[1] for bank in banks)
    streets = [street_from_bank(bank, last) for bank in banks]
    merged = streets[0]
    for street in streets[1:]:
        merged = merge_streets(merged, street)
    first = min((bank.days[0] for bank in banks if bank.days[0]), default="")
    return bank_from_street(merged, banks[0].descriptor, (first, last))


def check_alike(banks: Sequence[Bank]) -> None:
    """Raise BankError naming what differs."""
    kinds = [(bank.descriptor, bank.neighbours, *lengths_of(bank)) for bank in banks]
    for bank, kind in zip(banks, kinds, strict=True):
        if kind != kinds[0]:
            raise BankError(
                f"bank {bank.id}: made with {kind}, the first one with {kinds[0]}; learn one of them again"
            )


def lengths_of(bank: Bank) -> tuple[tuple[str, int], ...]:
    """Name and length of each measure, by name."""
    return tuple(sorted((name, len(measure.centre)) for name, measure in bank.measures.items()))


def merge_streets(first: Street, second: Street) -> Street:
    """A street that has seen the people of both."""
    merged = Street(first.neighbours)
    merged.people = first.people + second.people
    merged.fused = together(first.fused, second.fused)
    for name, wear in first.wears.items():
        merged.wears[name] = merge_wears(wear, second.wears[name])
    return merged


def merge_wears(first: Wear, second: Wear) -> Wear:
    """One measure of two streets: scales combined, prototypes side by side, close ones merged."""
    total = max(float(first.styles.weights.sum() + second.styles.weights.sum()), 1e-300)
    share = float(second.styles.weights.sum()) / total
    gap = second.centre - first.centre
    centre = first.centre + share * gap
    variance = (1 - share) * first.variance + share * second.variance + share * (1 - share) * gap**2
    unit = unit_of(first.name, variance)
    styles = joined(rescaled(first.styles, first.unit / unit), rescaled(second.styles, second.unit / unit))
    styles = thin_out(styles, unit, 1 if is_coded(first.name) else MAX_PROTOTYPES)
    return Wear(first.name, styles, centre, variance, together(first.sketch, second.sketch))


def rescaled(styles: Styles, ratio: Figures) -> Styles:
    """The same prototypes with lengths in another unit, which is 1 / `ratio` (D,) of the old one."""
    return Styles(
        styles.means,
        styles.weights,
        styles.supporters,
        styles.scatter * float((ratio**2).mean()),
        styles.directions * ratio,
        styles.sides,
        styles.turns,
        np.zeros((len(styles), 0), bool),
    )
