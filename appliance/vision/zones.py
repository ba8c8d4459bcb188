"""Where a person stands: zones of the picture in, who may be looked at, who opted out and the zone's name out."""

from __future__ import annotations

import numpy as np

from appliance.config import Capture, Zone
from appliance.geometry import inside
from appliance.records import FloatArray, MaskArray

STREET = "street"
"Name of everywhere that no zone is marked."
NOWHERE = ""
"Marks a person who may not be looked at here, but was not told to be left alone."
OPTED_OUT = "!"
"Marks a person in an opt-out zone, who is to be forgotten. No zone can have this name."
LAST = np.nextafter(np.float32(1), np.float32(0))
"The share of the picture just inside its right and lower edge."


def zones_of(boxes: FloatArray, width: int, height: int, capture: Capture) -> list[str]:
    """Zone of each person by the feet of boxes (N, 4) in a picture of that size: its name, NOWHERE or OPTED_OUT.

    Opt-out zones win over scored ones; in opt-in mode whoever is in no scored zone is NOWHERE.
    """
    feet = feet_of(boxes, width, height)
    names = [STREET if capture.mode == "open-street" else NOWHERE] * len(boxes)
    for kind in ("scored", "opt-out"):
        for zone in (zone for zone in capture.zones if zone.kind == kind):
            for row in np.flatnonzero(contains(zone, feet)):
                names[row] = zone.name if kind == "scored" else OPTED_OUT
    return names


def at_door(boxes: FloatArray, width: int, height: int, capture: Capture) -> MaskArray:
    """Who stands in a door, by the feet of boxes (N, 4), shape (N,): who is first seen there comes out of it."""
    feet = feet_of(boxes, width, height)
    doors = [contains(zone, feet) for zone in capture.zones if zone.kind == "door"]
    return np.asarray(np.any(doors, axis=0) if doors else np.zeros(len(boxes), np.bool_))


def feet_of(boxes: FloatArray, width: int, height: int) -> FloatArray:
    """Where people stand, shape (N, 2): middle and lower edge of boxes (N, 4) as shares of the picture, in [0, 1)."""
    middle = (boxes[:, 0] + boxes[:, 2]) / 2 / width
    # The last line of the picture belongs to the zones that reach it: who is cut off there may have opted out.
    feet: FloatArray = np.stack([middle, boxes[:, 3] / height], axis=1).clip(0, LAST).astype(np.float32)
    return feet


def contains(zone: Zone, points: FloatArray) -> MaskArray:
    """Which points (N, 2) lie inside the polygon, shape (N,), by the even-odd rule."""
    return inside(np.array(zone.polygon), points)
