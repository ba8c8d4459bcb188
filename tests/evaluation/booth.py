"""The booth under test: its command and sets of photos in, the record of each known person out."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from appliance.errors import BoothError
from appliance.geometry import iou

SAME_PERSON = 0.3
"Least overlap of a found box with the known one."
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Record:
    """What the booth said of one person."""

    distance: float | None
    rarity: float | None
    abstained: bool


def learn(command: str, photos: Path, bank: Path) -> None:
    """Let the booth learn a folder. Raises BoothError when it fails."""
    for _ in lines_of(command, "learn", str(photos), "--bank", str(bank)):
        pass


def score(command: str, bank: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """What the booth says of everybody in a folder, as it says it. Raises BoothError when it fails."""
    for line in lines_of(command, "score", "--bank", str(bank), str(folder), "--jsonl"):
        if line.startswith("{"):
            yield json.loads(line)


def lines_of(command: str, *words: str) -> Iterator[str]:
    """Output of the booth line by line; what it says to people passes through on stderr."""
    try:
        process = subprocess.Popen([*shlex.split(command), *words], stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise BoothError(
            f"--booth {command}: {error.strerror}; name the command, such as .venv/bin/booth"
        ) from None
    with process:
        assert process.stdout is not None
        yield from process.stdout
    if process.returncode:
        raise BoothError(f"{command} {words[0]} ended with {process.returncode}; its own words are above")


def known_people(
    said: Iterable[Mapping[str, Any]], files: Iterable[str], boxes: Mapping[str, Box]
) -> dict[str, Record | None]:
    """The record of the known person of each photo, by file name; None where the booth did not find them."""
    by_photo: dict[str, list[Mapping[str, Any]]] = {}
    for one in said:
        by_photo.setdefault(Path(str(one["source"])).name, []).append(one)
    return {Path(file).name: best_fit(by_photo.get(Path(file).name, []), boxes.get(file)) for file in files}


def best_fit(found: list[Mapping[str, Any]], box: Box | None) -> Record | None:
    """Whoever overlaps the known box most, and enough; the largest person where none is known."""
    if not found:
        return None
    boxes = np.array([one["box"] for one in found], np.float64).reshape(-1, 4)
    fits = (
        boxes[:, 2] * boxes[:, 3]
        if box is None
        else iou(corners(boxes), corners(np.array([box], np.float64)))[:, 0]
    )
    best = int(np.argmax(fits))
    if box is not None and fits[best] < SAME_PERSON:
        return None
    one = found[best]
    return Record(one.get("distance"), one.get("rarity"), bool(one.get("abstained")))


def corners(boxes: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Boxes (N, 4) of left, top, width, height as left, top, right, bottom."""
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
