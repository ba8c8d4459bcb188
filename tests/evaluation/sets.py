"""Sets for an evaluation: an album in, folders of edited photos and a manifest out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np

from appliance.errors import BoothError
from calibration.trials.brush import Edit
from calibration.trials.catalogue import (
    CONTROL,
    LOUD,
    NEEDS_TRUE_LABELS,
    QUIET,
    exceptions_with,
    fair_with,
    pairs_of,
    rng_of,
)
from calibration.trials.labels import Box, Shot, box_of
from calibration.trials.outfits import is_striking, untouched
from tests.evaluation.photos import Album

QUALITY = 95
LEAST_PEOPLE = 40
LOUD_FAMILY, QUIET_FAMILY, CONTROL_FAMILY = "colour, pattern", "quiet shape", "control"

Advance = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How many people go where; what the album cannot give is shared out in proportion."""

    bank: int = 600
    normal: int = 200
    calib: int = 300
    "Everyday people that nothing was tuned on, for the wanted rate."
    per_kind: int = 100
    seed: int = 7

    def shared_out(self, people: int) -> Plan:
        """The same plan for so many people. Raises BoothError for fewer than a bank and a comparison need."""
        if people >= self.people:
            return self
        if people < LEAST_PEOPLE:
            raise BoothError(
                f"{people} photos with clothes to be seen are too few; give {LEAST_PEOPLE} or more"
            )
        share = people / self.people
        return Plan(
            int(share * self.bank),
            int(share * self.normal),
            int(share * self.calib),
            int(share * self.per_kind),
            self.seed,
        )

    @property
    def people(self) -> int:
        """Photos wanted in all."""
        return self.bank + self.normal + self.calib + self.per_kind


@dataclass
class Manifest:
    """What lies where; the layout that all scorers of this project read."""

    seed: int
    sets: dict[str, list[str]] = field(default_factory=dict)
    "Set -> files below the folder."
    pairs: dict[str, list[str]] = field(default_factory=dict)
    "Change that must not matter -> the two sets to compare, by file name."
    boxes: dict[str, Box] = field(default_factory=dict)
    "File -> the person's left, top, width, height in pixels."
    families: dict[str, str] = field(default_factory=dict)
    "Set of exceptions -> what kind of exception."
    labels: str = "true"
    "Or estimated."
    left_out: list[str] = field(default_factory=list)
    "Kinds not built, each with its reason."


class Builder:
    """Writes one folder of sets; owner of its manifest."""

    def __init__(self, out: Path, plan: Plan, advance: Advance) -> None:
        self._out = out
        self._advance = advance
        self.plan = plan
        self.manifest = Manifest(plan.seed)

    def put(self, name: str, number: int, shot: Shot) -> None:
        """Write one photo into a set. Raises BoothError when it cannot be written."""
        file = f"{name}/{number:04d}.jpg"
        (self._out / name).mkdir(parents=True, exist_ok=True)
        encoded = cv2.imencode(".jpg", shot.photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
        (self._out / file).write_bytes(encoded.tobytes())
        self.manifest.sets.setdefault(name, []).append(file)
        self.manifest.boxes[file] = box_of(shot.labels)
        self._advance(file)

    def put_exceptions(self, number: int, shot: Shot, donor: Shot | None, left_out: tuple[str, ...]) -> None:
        """One person in every kind of exception, and unchanged as the control."""
        self.put(f"exc_{CONTROL}", number, untouched(shot, rng_of(self.plan.seed, number, CONTROL)))
        for kind, edit in without(exceptions_with(donor), left_out).items():
            self.put(f"exc_{kind}", number, edit(shot, rng_of(self.plan.seed, number, kind)))

    def put_fair(self, number: int, shot: Shot, other: Shot | None) -> None:
        """One everyday person in every change that must not matter."""
        for kind, edit in fair_with(other).items():
            self.put(f"fair_{kind}", number, edit(shot, rng_of(self.plan.seed, number, kind)))

    def finish(self) -> Manifest:
        """Write the manifest: pairs of the sets that are there, families of the exceptions."""
        kinds = {
            name.removeprefix("fair_"): untouched for name in self.manifest.sets if name.startswith("fair_")
        }
        for pair in pairs_of(kinds):
            self.manifest.pairs[pair.name] = [
                f"fair_{pair.first}" if pair.first else "normal",
                f"fair_{pair.second}",
            ]
        families = {
            **dict.fromkeys(LOUD, LOUD_FAMILY),
            "swap": LOUD_FAMILY,
            **dict.fromkeys(QUIET, QUIET_FAMILY),
        }
        families[CONTROL] = CONTROL_FAMILY
        self.manifest.families = {
            f"exc_{kind}": family for kind, family in families.items() if f"exc_{kind}" in self.manifest.sets
        }
        (self._out / "manifest.json").write_text(
            json.dumps(asdict(self.manifest), indent=1), encoding="utf-8"
        )
        return self.manifest


def without(edits: Mapping[str, Edit], left_out: tuple[str, ...]) -> dict[str, Edit]:
    """The edits but some."""
    return {kind: edit for kind, edit in edits.items() if kind not in left_out}


def build_sets(album: Album, out: Path, plan: Plan, advance: Advance = lambda _: None) -> Manifest:
    """Write bank, normal, calib, exc_* and fair_* below `out`. The same album and plan give the same files.

    Raises BoothError when the album shows too few people or the folder holds sets already.
    """
    if (out / "manifest.json").exists():
        raise BoothError(f"{out}: holds sets already; delete it or name another folder")
    order = usable_photos(album, plan, advance)
    plan = plan.shared_out(len(order))
    ends = np.cumsum([plan.bank, plan.normal, plan.per_kind, plan.calib]).tolist()
    bank, normal, sources, calib = (order[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True))
    builder = Builder(out, plan, advance)
    estimated = album.masks is None
    left_out = NEEDS_TRUE_LABELS if estimated else ()
    if estimated:
        builder.manifest.labels = "estimated"
        builder.manifest.left_out = [f"{kind}: needs true label maps (--masks)" for kind in left_out]
    for name, numbers in (("bank", bank), ("normal", normal), ("calib", calib)):
        for number in numbers:
            builder.put(name, number, known(album, number))
    donors = [number for number in sources if is_striking(known(album, number))]
    for step, number in enumerate(sources):
        donor = next_one(donors, step, number)
        builder.put_exceptions(
            number, known(album, number), None if donor is None else known(album, donor), left_out
        )
    for step, number in enumerate(normal[: plan.per_kind]):
        other = next_one(normal, step + 7, number)
        builder.put_fair(number, known(album, number), None if other is None else known(album, other))
    return builder.finish()


def usable_photos(album: Album, plan: Plan, advance: Advance) -> list[int]:
    """Numbers of photos that show clothes, shuffled by the seed, as many as the plan wants or the album has."""
    usable: list[int] = []
    for number in np.random.default_rng(plan.seed).permutation(len(album.photos)).tolist():
        if len(usable) == plan.people:
            break
        advance(album.photos[number].name)
        if album.read(album.photos[number]) is not None:
            usable.append(number)
    return usable


def next_one(numbers: list[int], step: int, but: int) -> int | None:
    """A photo of the list, another one for each step, and never `but`; None without any."""
    others = [number for number in numbers if number != but]
    return others[step % len(others)] if others else None


def known(album: Album, number: int) -> Shot:
    """A photo that was seen to be usable."""
    shot = album.read(album.photos[number])
    if shot is None:
        raise BoothError(f"{album.photos[number]}: changed while it was read; build again")
    return shot
