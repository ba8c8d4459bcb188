"""How much of the picture the scored zones and the spot take: zones in; shares of ground, width and height out.

An opt-in zone over the whole picture would be an open street by another name. A mat that one steps onto on purpose
leaves room to walk past it, so three quarters of the picture, and two fifths of its width and of its height, stay free.
All three are exact: between the points of any grid there would be room for the teeth of a comb.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from appliance.config import Zone
from appliance.polygons import covered, crosses_itself

MOST_GROUND = 0.25
MOST_EXTENT = 0.6
Side = Literal["area", "width", "height"]
SIDES: dict[Side, str] = {
    "area": "of the picture", "width": "of the picture's width", "height": "of the picture's height",
}  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """What scored zones take together, each as a share of the picture, 0..1."""

    area: float
    width: float
    "Of the columns that have some of a zone: whoever walks towards the camera cannot pass beside these."
    height: float
    "Of the rows likewise: whoever walks across the picture."


@dataclass(frozen=True)
class Room:
    """Which share is too large."""

    side: Side
    share: float
    most: float

    @property
    def percent(self) -> int:
        """The share, rounded up: 25.3 % is not told as 25 of 25."""
        return math.ceil(100 * self.share - 1e-7)

    @property
    def most_percent(self) -> int:
        """What there may be."""
        return round(100 * self.most)

    def __str__(self) -> str:
        taken = f"the scored zones take {self.percent}% {SIDES[self.side]}"
        return f"{taken}, at most {self.most_percent}% leave room to walk past"


def ground_of(zones: Iterable[Zone]) -> Ground:
    """What those of `zones` take where people are looked at; opt-out zones give nothing back: forgiveness, not room."""
    marked = [zone.polygon for zone in zones if not zone.shields]
    width, height = (extent([[corner[axis] for corner in polygon] for polygon in marked]) for axis in (0, 1))
    return Ground(covered(marked), width, height)


def extent(sides: Iterable[Iterable[float]]) -> float:
    """What polygons take together of one side of the picture, each from its first corner to its last."""
    taken, end = 0.0, 0.0
    for first, last in sorted((min(corners), max(corners)) for corners in map(list, sides)):
        taken += max(0.0, last - max(first, end))
        end = max(end, last)
    return taken


def crossing_of(zones: Iterable[Zone]) -> str:
    """Name of a zone to be looked at whose edges cut each other, so that nobody knows what lies in it; '' for none."""
    crossing = (zone.name for zone in zones if not zone.shields and crosses_itself(zone.polygon))
    return next(crossing, "")


def fault_of(zones: Iterable[Zone]) -> Room | None:
    """Why these zones are no place that one steps into on purpose; None when they are."""
    ground = ground_of(zones)
    rooms = (
        Room("area", ground.area, MOST_GROUND),
        Room("width", ground.width, MOST_EXTENT),
        Room("height", ground.height, MOST_EXTENT),
    )
    return next((room for room in rooms if room.share > room.most + 1e-9), None)
