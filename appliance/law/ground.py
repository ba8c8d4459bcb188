"""How much of the picture the scored zones take: zones in; shares of ground, width and height out.

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
"Of the grid along each side; a zone is measured to half a per cent."


@dataclass(frozen=True)
class Ground:
    """What scored zones take together, each as a share of the picture, 0..1."""

    area: float
    width: float
    "Of the columns that have some of a zone: whoever walks towards the camera cannot pass beside these."
    height: float
    "Of the rows likewise: whoever walks across the picture."


def ground_of(zones: Iterable[Zone]) -> Ground:
    """What the scored ones of `zones` take; opt-out zones give nothing back, for they are forgiveness, not room."""
    middles = (np.arange(CELLS) + 0.5) / CELLS
    columns, rows = np.meshgrid(middles, middles)
    points = np.stack([columns.ravel(), rows.ravel()], axis=1)
    taken = np.zeros(len(points), np.bool_)
    for zone in zones:
        if zone.kind == "scored":
            taken |= inside(np.array(zone.polygon), points)
    grid = taken.reshape(CELLS, CELLS)
    return Ground(float(grid.mean()), float(grid.any(axis=0).mean()), float(grid.any(axis=1).mean()))


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
