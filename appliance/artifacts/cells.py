"""How far a street is from its own bank: deciles and cells, never a single passage, as records and as tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.records import check_shape

MIN_SUPPORTERS = 10
"Distinct passages behind every stored prototype: fewer would describe persons (privacy wall)."
LEVELS = np.linspace(0, 0.9, 10)
"Quantile levels of a tail: nothing finer than a tenth of the street is stored."


@dataclass(frozen=True)
class Tail:
    """How a distance is spread over the street's own passages."""

    deciles: NDArray[np.float64]
    "Shape (10,), ascending: quantiles at LEVELS."
    excess: float
    "Mean of what exceeds the last decile, > 0."
    count: float
    "Passages beyond the last decile, >= 1."

    def __post_init__(self) -> None:
        check_shape("deciles", self.deciles, (len(LEVELS),))
        numbers = np.array([*self.deciles, self.excess, self.count])
        if (
            not np.isfinite(numbers).all()
            or (np.diff(self.deciles) < 0).any()
            or self.excess <= 0
            or self.count < 1
        ):
            raise ValueError("a tail needs finite ascending deciles, a positive excess and a count")


@dataclass(frozen=True)
class Cells:
    """How far the street's own passages were from the bank when they came, in cells of at least MIN_SUPPORTERS."""

    lows: NDArray[np.float64]
    "Shape (C,), ascending: where each cell begins; the last one is open above."
    weights: NDArray[np.float64]
    "Shape (C,), > 0 in all: passages, the later ones counting more."
    passages: NDArray[np.float64]
    "Shape (C,), each at least MIN_SUPPORTERS; a fraction after a file was read, as cells are then spread."
    means: NDArray[np.float64]
    "Shape (C,): mean distance."
    weight: float
    "Passages, faded by time only."
    squares: float
    "Sum of the squared weights of the passages, > 0."

    def __post_init__(self) -> None:
        count = len(self.lows)
        for name in ("lows", "weights", "passages", "means"):
            check_shape(name, getattr(self, name), (count,))
        table = np.stack([self.lows, self.weights, self.passages, self.means])
        if (
            count == 0
            or not np.isfinite([*table.ravel(), self.weight, self.squares]).all()
            or table.min() < 0
        ):
            raise ValueError("cells need finite figures of at least 0")
        if (np.diff(self.lows) <= 0).any() or self.squares <= 0 or self.weights.sum() <= 0:
            raise ValueError("cells need ascending edges and somebody in them")
        if self.passages.min() < MIN_SUPPORTERS - 1e-3:
            raise ValueError(f"every cell needs {MIN_SUPPORTERS} passages")


def cell_tensors(name: str, cells: Cells | None) -> dict[str, NDArray[Any]]:
    """Cells as a table (C, 4) of low, weight, passages and mean, and their memory (2,)."""
    if cells is None:
        return {}
    table = np.stack([cells.lows, cells.weights, cells.passages, cells.means], axis=1)
    return {f"{name}.cells": table, f"{name}.memory": np.array([cells.weight, cells.squares])}


def cells_of(tensors: Mapping[str, NDArray[Any]], name: str) -> Cells | None:
    """The reverse of cell_tensors."""
    if f"{name}.cells" not in tensors:
        return None
    table, memory = tensors[f"{name}.cells"], tensors[f"{name}.memory"]
    check_shape("cells", table, (None, 4))
    check_shape("memory", memory, (2,))
    lows, weights, passages, means = np.ascontiguousarray(table.T)
    return Cells(lows, weights, passages, means, float(memory[0]), float(memory[1]))


def pack_tail(tail: Tail) -> NDArray[np.float64]:
    """A tail as twelve numbers: deciles, excess, count."""
    return np.array([*tail.deciles, tail.excess, tail.count])


def unpack_tail(numbers: NDArray[np.float64]) -> Tail:
    """The reverse of pack_tail."""
    check_shape("tail", numbers, (len(LEVELS) + 2,))
    return Tail(numbers[:-2], float(numbers[-2]), float(numbers[-1]))
