"""How much of the picture the scored zones and the spot take: zones in; shares of ground, width and height out.

An opt-in zone over the whole picture would be an open street by another name. A mat that one steps onto on purpose
leaves room to walk past it, so three quarters of the picture, and two fifths of its width and of its height, stay free.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from appliance.config import Zone
from appliance.geometry import inside

MOST_GROUND = 0.25
MOST_EXTENT = 0.6
CELLS = 200
"Of the grid along each side; the area of a zone is measured to half a per cent."


@dataclass(frozen=True)
class Ground:
    """What scored zones take together, each as a share of the picture, 0..1."""

    area: float
    width: float
    "Of the columns that have some of a zone: whoever walks towards the camera cannot pass beside these."
    height: float
    "Of the rows likewise: whoever walks across the picture."


def ground_of(zones: Iterable[Zone]) -> Ground:
    """What those of `zones` take where people are looked at; opt-out zones give nothing back: forgiveness, not room."""
    middles = (np.arange(CELLS) + 0.5) / CELLS
    columns, rows = np.meshgrid(middles, middles)
    points = np.stack([columns.ravel(), rows.ravel()], axis=1)
    taken = np.zeros(len(points), np.bool_)
    marked = [zone for zone in zones if not zone.shields]
    for zone in marked:
        taken |= inside(np.array(zone.polygon), points)
    width, height = (
        extent([[corner[axis] for corner in zone.polygon] for zone in marked]) for axis in (0, 1)
    )
    return Ground(float(taken.mean()), width, height)


def extent(sides: Iterable[Iterable[float]]) -> float:
    """What polygons take together of one side of the picture, each from its first corner to its last.

    Exactly, and not by the grid: stripes of which each lies between two of its points would be no ground at all.
    """
    taken, end = 0.0, 0.0
    for first, last in sorted((min(corners), max(corners)) for corners in map(list, sides)):
        taken += max(0.0, last - max(first, end))
        end = max(end, last)
    return taken


def fault_of(zones: Iterable[Zone]) -> str:
    """Why these zones are no place that one steps into on purpose; '' when they are."""
    ground = ground_of(zones)
    for share, most, what in (
        (ground.area, MOST_GROUND, "of the picture"),
        (ground.width, MOST_EXTENT, "of the picture's width"),
        (ground.height, MOST_EXTENT, "of the picture's height"),
    ):
        if share > most + 1e-9:
            return f"the scored zones take {share:.0%} {what}, at most {most:.0%} leave room to walk past"
    return ""
