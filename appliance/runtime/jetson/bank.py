"""A bank as the device holds it: float32 rows in, halves in a fair order and their squared lengths out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, IntArray

STEP = 32
"Figures that the kernel takes at a time: rows are padded with zeros to a multiple."
MOST_LINES = 10
"Power of two: enough lines for a fair sample; more would add padding."
SPAN_EXPONENT = 10
"Power of two that the bank's figures are scaled to: far from the least and the greatest half."


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
