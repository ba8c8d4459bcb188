"""A bank as the device holds it: float32 rows in, halves in a fair order and their squared lengths out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from appliance.errors import BoothError
from appliance.records import FloatArray, IntArray
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.tensor import Tensor, block_size

Shapes = dict[str, tuple[tuple[int, ...], DTypeLike]]
"Name -> shape and type of an array on the device."

STEP = 32
"Figures that the kernel takes at a time: rows are padded with zeros to a multiple."
MOST_LINES = 10
"Power of two: enough lines for a fair sample; more would add padding."
SPAN_EXPONENT = 10
"Power of two that the bank's figures are scaled to: far from the least and the greatest half."
UPLOAD = 1 << 22
"Figures that are copied in one go."


@dataclass(frozen=True)
class Deal:
    """The order of the rows on the device: dealt out like cards, so that the first ones are a sample of all.

    Read line by line, a table of 2 ** shift lines by `width` has the rows in their order; read column by column, it
    has them as they lie. Places whose number is not below `rows` hold padding.
    """

    rows: int
    shift: int
    width: int

    @classmethod
    def of(cls, rows: int) -> Deal:
        """Sixteen rows or more to a line, so that there is little padding."""
        shift = min(max((rows // 16).bit_length() - 1, 0), MOST_LINES)
        return cls(rows, shift, -(-rows >> shift))

    @property
    def places(self) -> int:
        """Rows on the device, padding included."""
        return self.width << self.shift

    def numbers(self, first: int, end: int) -> IntArray:
        """Number of the row at each place from `first` up to `end`."""
        places = np.arange(first, end, dtype=np.int64)
        return (places & ((1 << self.shift) - 1)) * self.width + (places >> self.shift)


@dataclass(frozen=True)
class Span:
    """How figures become those of the device: less an offset, times a scale; distances only have the scale undone.

    Round the mean of the bank halves are finer, and little cancels in |b|^2 - 2 b q.
    """

    offset: FloatArray
    "Shape (D,): about the mean. A whole number of sixteenths of the span: whole numbers remain few bits, ties ties."
    scale: float
    "A power of two."

    @classmethod
    def of(cls, bank: FloatArray) -> Span:
        """Of a bank (M, D) with M > 0."""
        mean = bank.mean(axis=0, dtype=np.float64)
        beyond = np.maximum(bank.max(axis=0) - mean, mean - bank.min(axis=0))
        reach = beyond.max(initial=0) or np.abs(mean).max(initial=0)
        exponent = int(np.frexp(reach)[1])
        step = 2.0 ** (exponent - 4)
        offset = (np.rint(mean / step) * step).astype(np.float32)
        return cls(offset, 2.0 ** min(max(SPAN_EXPONENT - exponent, -120), 120))

    def halves(self, rows: FloatArray) -> NDArray[np.float16]:
        """Rows (R, D) as halves (R, L)."""
        figures = (rows - self.offset) * np.float32(self.scale)
        padded = np.zeros((len(rows), padded_length(rows.shape[1])), np.float16)
        padded[:, : rows.shape[1]] = figures
        return padded

    def queries(self, rows: FloatArray) -> FloatArray:
        """Rows (N, D) as N * L figures followed by N gains, powers of two that keep figures far off in range."""
        figures = (rows - self.offset.astype(np.float64)) * self.scale
        peaks = np.abs(figures).max(axis=1, initial=0)
        gains = 2.0 ** np.clip(np.frexp(peaks)[1] - (SPAN_EXPONENT + 2), 0, 120)
        padded = np.zeros((len(rows), padded_length(rows.shape[1])), np.float32)
        padded[:, : rows.shape[1]] = figures / gains[:, None]
        return np.concatenate([padded.ravel(), gains.astype(np.float32)])


def padded_length(length: int) -> int:
    """Figures of a row on the device: a multiple of STEP, and not none."""
    return max(-(-length // STEP), 1) * STEP


def squares_of(halves: NDArray[np.float16]) -> FloatArray:
    """Squared lengths (R,) of rows (R, L)."""
    figures = halves.astype(np.float32)
    squares: FloatArray = np.einsum("rl,rl->r", figures, figures)
    return squares


def allocate(gpu: Gpu, shapes: Shapes, bank: tuple[int, ...], free_mb: float) -> dict[str, Tensor]:
    """All arrays of a search in a bank (M, D). Raises BoothError, before any is made, when they take more than is free.

    A Jetson has one memory for everything: taking too much of it may end another program, not this call.
    """
    sizes = [block_size(math.prod(shape) * np.dtype(dtype).itemsize) for shape, dtype in shapes.values()]
    needed_mb = sum(sizes) / 1e6
    if needed_mb > free_mb:
        rows, length = bank
        raise BoothError(
            f"a bank of {rows} x {length} takes {needed_mb:.0f} MB on the device, {free_mb:.0f} MB are free; "
            "end other programs or learn a smaller bank"
        )
    return {name: gpu.empty(shape, dtype) for name, (shape, dtype) in shapes.items()}


def upload(gpu: Gpu, bank: FloatArray, deal: Deal, span: Span, halves: Tensor, squares: Tensor) -> None:
    """Fill halves (places, L) and squared lengths (places,) with a bank (M, D), a part at a time."""
    parts = max(UPLOAD // halves.shape[1], 1)
    for first in range(0, deal.places, parts):
        numbers = deal.numbers(first, min(first + parts, deal.places))
        rows = span.halves(bank[np.minimum(numbers, deal.rows - 1)])
        # Padding is nobody's neighbour.
        lengths = np.where(numbers < deal.rows, squares_of(rows), np.float32(np.inf))
        gpu.fill(part_of(halves, first, rows.shape), rows.view(np.uint16))
        gpu.fill(part_of(squares, first, lengths.shape), lengths)


def part_of(tensor: Tensor, first: int, shape: tuple[int, ...]) -> Tensor:
    """A part of an array from row `first` on; the array must outlive it."""
    row = tensor.nbytes // tensor.shape[0]
    return Tensor(tensor.address + first * row, shape, tensor.dtype, lambda: None)
