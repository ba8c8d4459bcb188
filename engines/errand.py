"""What a converter was sent to do: its command line goes in, weights, layout and the files to write come out.

Runs inside the converter's environment only, see convert.py.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Errand:
    """One run of a converter."""

    weights: tuple[Path, ...]
    layout: str
    "'packed' or 'planar', see entries.py."
    made: tuple[tuple[int, int, Path], ...]
    "Width and height of the input in pixels, and the file to write."


def read_errand(files: int = 1) -> Errand:
    """Read the command line: so many files of weights, `--layout`, and a `--make WIDTHxHEIGHT=PATH` per size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("weights", type=Path, nargs=files)
    parser.add_argument("--layout", choices=["packed", "planar"], default="packed")
    parser.add_argument("--make", action="append", required=True, metavar="WIDTHxHEIGHT=PATH")
    given = parser.parse_args()
    return Errand(tuple(given.weights), given.layout, tuple(_made(order) for order in given.make))


def _made(order: str) -> tuple[int, int, Path]:
    size, _, path = order.partition("=")
    width_px, height_px = (int(number) for number in size.split("x"))
    return width_px, height_px, Path(path)
