"""The bank of what a street wears: records that check themselves, and the tensors they are kept as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.artifacts.cells import (
    MIN_SUPPORTERS,
    Cells,
    Tail,
    cell_tensors,
    cells_of,
    pack_tail,
    unpack_tail,
)
from appliance.records import FloatArray, IntArray, check_shape

GROWTH = ("weights", "scatter")
"What a growth keeps beside its cells."


@dataclass(frozen=True)
class Growth:
    """What learning on needs of one measure, besides the prototypes: aggregates of their supporters.

    The directions along which supporters vary are not among it: they would tell an attacker who was there
    (measured: AUROC .62, prototypes .55), and a street shows them again within some dozens of passages.
    """

    weights: NDArray[np.float64]
    "Shape (P,), >= 0: passages, faded by time."
    scatter: NDArray[np.float64]
    "Shape (P,), >= 0: mean squared distance of the passages from the prototype, standardised."
    cells: Cells

    def __post_init__(self) -> None:
        count = len(self.weights)
        check_shape("weights", self.weights, (count,))
        check_shape("scatter", self.scatter, (count,))
        if not (np.isfinite(self.weights).all() and np.isfinite(self.scatter).all()):
            raise ValueError("a figure of the growth is not finite")
        if (self.weights < 0).any() or (self.scatter < 0).any():
            raise ValueError("a weight or a scatter is negative")


@dataclass(frozen=True)
class Measure:
    """What the street wears by one measure of the descriptor."""

    prototypes: FloatArray
    "Shape (P, D), standardised: the mean of each prototype's supporters."
    supporters: IntArray
    "Shape (P,), each at least MIN_SUPPORTERS."
    centre: FloatArray
    "Shape (D,): subtracted from a raw vector."
    spread: FloatArray
    "Shape (D,), > 0: divides what is left."
    tail: Tail
    growth: Growth | None = None
    "None: a bank that learns no more."

    def __post_init__(self) -> None:
        check_shape("prototypes", self.prototypes, (None, None))
        count, length = self.prototypes.shape
        check_shape("supporters", self.supporters, (count,))
        check_shape("centre", self.centre, (length,))
        check_shape("spread", self.spread, (length,))
        if count == 0 or (self.supporters < MIN_SUPPORTERS).any():
            raise ValueError(f"every prototype needs {MIN_SUPPORTERS} supporters")
        if not all(np.isfinite(array).all() for array in (self.prototypes, self.centre, self.spread)):
            raise ValueError("a prototype is not finite")
        if (self.spread <= 0).any():
            raise ValueError("a spread is not positive")
        if self.growth is not None:
            check_shape("growth", self.growth.weights, (count,))


@dataclass(frozen=True)
class Bank:
    """What this street wears: prototypes with their weights, never single people."""

    descriptor: str
    "Version of the descriptor that the prototypes were measured with."
    passages: int
    "People it was learned from."
    measures: dict[str, Measure]
    fused: Tail
    "Spread of the fused distance over the street's own passages."
    id: str = field(default="")
    "First 12 hex digits of the content's sha256; given by save and load."
    cells: Cells | None = None
    "Of the fused distance; None: a bank that learns no more."
    neighbours: int = 1
    "Nearest prototypes whose mean distance was counted: the tails hold for no other number."
    days: tuple[str, str] = ("", "")
    "First and last day of learning, as 2026-11-22; empty where unknown."


def tensors_of(bank: Bank) -> dict[str, NDArray[Any]]:
    """All numbers of a bank by name, as safetensors keeps them."""
    tensors: dict[str, NDArray[Any]] = {
        "fused.tail": pack_tail(bank.fused),
        **cell_tensors("fused", bank.cells),
    }
    for name, measure in bank.measures.items():
        tensors |= {
            f"{name}.prototypes": measure.prototypes,
            f"{name}.supporters": measure.supporters,
            f"{name}.centre": measure.centre,
            f"{name}.spread": measure.spread,
            f"{name}.tail": pack_tail(measure.tail),
        }
        if measure.growth is not None:
            tensors |= {f"{name}.{part}": getattr(measure.growth, part) for part in GROWTH}
            tensors |= cell_tensors(name, measure.growth.cells)
    return tensors


def bank_of(tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str], bank_id: str) -> Bank:
    """The reverse of tensors_of. Raises KeyError or ValueError for what does not fit."""
    return Bank(
        metadata["descriptor"],
        int(metadata["passages"]),
        {name: measure_of(tensors, name) for name in metadata["measures"].split(",")},
        unpack_tail(tensors["fused.tail"]),
        bank_id,
        cells_of(tensors, "fused"),
        int(metadata["neighbours"]),
        (metadata["first_day"], metadata["last_day"]),
    )


def measure_of(tensors: Mapping[str, NDArray[Any]], name: str) -> Measure:
    """One measure of a bank."""
    cells = cells_of(tensors, name)
    return Measure(
        tensors[f"{name}.prototypes"],
        tensors[f"{name}.supporters"],
        tensors[f"{name}.centre"],
        tensors[f"{name}.spread"],
        unpack_tail(tensors[f"{name}.tail"]),
        growth_of(tensors, name, cells) if cells is not None else None,
    )


def growth_of(tensors: Mapping[str, NDArray[Any]], name: str, cells: Cells) -> Growth:
    """What learning on needs of one measure."""
    weights, scatter = (tensors[f"{name}.{part}"] for part in GROWTH)
    return Growth(weights, scatter, cells)
