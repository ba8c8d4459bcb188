"""What is known of passers-by in a process that looks: its witness's file in; whether bytes tell any of it out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray
from appliance.vision.descriptor import MEASURES
from tests.walls.canary import Canary, found_in
from tests.walls.spy import BOXES, DECISIONS, TIMES
from tests.walls.unfolding import figures_in, unfolded

RUN = 4
"Figures of a vector in a row that no other file has by chance."
KINDS = {"float32": 4, "float16": 8, "float64": 2}
"Type -> figures of sixteen bytes."
BYTE_RUN = 24
DECIMALS = (2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Planted:
    """Everything of everybody in one run, and the pictures they were in."""

    canary: Canary
    vectors: dict[str, FloatArray]
    "Measure -> one row for each view and each passage."
    boxes: FloatArray
    "Shape (N, 4)."
    times_s: NDArray[np.float64]
    "When each frame was taken."
    decisions: list[dict[str, Any]]

    def found_in(self, content: bytes) -> str:
        """Name of the first trace of a picture, vector, box or moment in `content`, however folded; '' for none."""
        for plain in unfolded(content):
            found = found_in(self.canary, plain) or self._vector_in(plain) or self._figures_in(plain)
            if found:
                return found
        return next(("time" for moment in self._moments if moment in content), "")

    def _vector_in(self, content: bytes) -> str:
        for length, known in self._runs.items():
            if any(content[i : i + length] in known for i in range(max(0, len(content) - length + 1))):
                return "vector"
        return ""

    def _figures_in(self, content: bytes) -> str:
        for figures in figures_in(content):
            for decimals in DECIMALS:
                rounded = [round(figure, decimals) for figure in figures]
                runs = {tuple(rounded[i : i + RUN]) for i in range(len(rounded) - RUN + 1)}
                if runs & self._written[decimals]:
                    return "vector or box in figures"
        return ""

    @cached_property
    def _runs(self) -> dict[int, set[bytes]]:
        """Bytes of vectors and boxes by their length: as floating point, and as shares of 255."""
        rows = [row for vectors in self.vectors.values() for row in vectors] + list(self.boxes)
        runs = {16: set[bytes](), BYTE_RUN: set[bytes]()}
        for row in rows:
            for kind, count in KINDS.items():
                typed = row.astype(kind)
                runs[16] |= {part.tobytes() for part in parts(typed, count) if telling(part)}
            if row.max() <= 1 and row.min() >= 0:
                levels = (row * 255).round().astype(np.uint8)
                runs[BYTE_RUN] |= {
                    part.tobytes() for part in parts(levels, BYTE_RUN) if len(set(part.tolist())) > 8
                }
        return runs

    @cached_property
    def _written(self) -> dict[int, set[tuple[float, ...]]]:
        rows = [row for vectors in self.vectors.values() for row in vectors] + list(self.boxes)
        return {
            decimals: {
                tuple(round(float(figure), decimals) for figure in part)
                for row in rows
                for part in parts(row, RUN)
                if telling(part)
            }
            for decimals in DECIMALS
        }

    @cached_property
    def _moments(self) -> list[bytes]:
        """To a tenth of a millisecond."""
        return [f"{moment:.6f}"[:-2].encode() for moment in self.times_s.tolist()]


def parts(row: FloatArray, length: int) -> list[FloatArray]:
    return [row[i : i + length] for i in range(len(row) - length + 1)]


def telling(part: FloatArray) -> bool:
    """Whether figures are anybody's: noughts and ones are in every file."""
    plain = part.astype(np.float64)
    return len(set(np.round(plain, 2).tolist()) - {0.0, 1.0, -1.0}) > len(part) / 2


def read_planted(truth: Path, canary: Canary) -> Planted:
    """What the spy wrote. Fails where nobody was there: nothing would be put to the test."""
    vectors = {name: read_rows(truth / name, length) for name, length in MEASURES.items()}
    lines = (truth / DECISIONS).read_text(encoding="utf-8").splitlines()
    times_s = np.fromfile(truth / TIMES, np.float64)
    planted = Planted(canary, vectors, read_rows(truth / BOXES, 4), times_s, list(map(json.loads, lines)))
    assert len(planted.boxes) > 10
    assert all(len(rows) > 5 for rows in vectors.values())
    return planted


def read_rows(file: Path, length: int) -> FloatArray:
    rows: FloatArray = np.fromfile(file, np.float32).reshape(-1, length)
    return rows
