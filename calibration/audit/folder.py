"""Test photos of a folder with a manifest, as `python -m tests.evaluation build` writes it: scenes and pairs out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.errors import BoothError
from calibration.audit.painted import BANK_TIMES
from calibration.audit.sight import Corners, Scene
from calibration.trials.labels import Photo

LARGE = ("bank", "normal", "calib")
"Sets of everyday people, of which more are wanted than of those changed."
USED = (*LARGE, "exc_", "fair_")


@dataclass(frozen=True)
class Album:
    """What a manifest says."""

    folder: Path
    sets: Mapping[str, tuple[str, ...]]
    "Set -> files below the folder."
    pairs: Mapping[str, tuple[str, str]]
    boxes: Mapping[str, Corners]
    families: Mapping[str, str]

    @property
    def scenes(self) -> int:
        """Pictures in all."""
        return sum(len(files) for files in self.sets.values())


def open_album(folder: Path, people: int | None) -> Album:
    """Read the manifest of `folder`; `people`: at most so many per change. Raises BoothError naming the folder."""
    try:
        written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        boxes = {file: corners(box) for file, box in written.get("boxes", {}).items()}
        sets = {
            name: some(name, sorted(files), people)
            for name, files in written["sets"].items()
            if name.startswith(USED)
        }
        pairs = {name: (one, other) for name, (one, other) in written["pairs"].items()}
        families = dict(written.get("families", {}))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BoothError(
            f"{folder}: no sets of test photos ({type(error).__name__}: {error}); "
            "build them: python -m tests.evaluation build PHOTOS SETS"
        ) from None
    return Album(folder, sets, pairs, boxes, families)


def some(name: str, files: list[str], people: int | None) -> tuple[str, ...]:
    """The first files of a set: as sets are matched by file name, the same people in each."""
    if people is None:
        return tuple(files)
    return tuple(files[: people * BANK_TIMES if name in LARGE else people])


def part_of_album(album: Album, part: tuple[int, int]) -> Album:
    """Every `part[1]`-th photo of each set, from `part[0]` on."""
    first, step = part
    return replace(album, sets={name: files[first::step] for name, files in album.sets.items()})


def corners(box: tuple[float, float, float, float]) -> Corners:
    """Left, top, width, height as left, top, right, bottom."""
    left, top, width, height = box
    return left, top, left + width, top + height


def read_scenes(album: Album, read: Callable[[Path], Photo]) -> Iterator[Scene]:
    """All scenes of an album, one at a time. `read` raises BoothError naming a photo that it cannot read."""
    for name, files in album.sets.items():
        for file in files:
            yield Scene(name, Path(file).name, read(album.folder / file), album.boxes.get(file))
