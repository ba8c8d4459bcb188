"""The lens by a tape: two people of known height, and how far away one of them stands, in; the ground out."""

from __future__ import annotations

import math
from itertools import pairwise

from appliance.errors import BoothError, ToldError
from appliance.ground import Ground, Standing, ground_from, solved

VIEWS_DEG = (20, 140)
"Lenses that are tried."


def ground_by_tape(one: Standing, other: Standing, aspect: float, other_m: float) -> tuple[Ground, float]:
    """As ground_from, with the lens by the distance at which the `other` stands, measured from below the camera.

    Raises BoothError where no lens fits it.
    """
    views_deg = [
        view_deg for view_deg in range(*VIEWS_DEG) if math.isfinite(reach(one, other, aspect, view_deg))
    ]
    for low, high in pairwise(views_deg):
        if reach(one, other, aspect, low) >= other_m >= reach(one, other, aspect, high):
            return ground_from(one, other, aspect, narrowed(one, other, aspect, other_m, (low, high)))
    words = f"ground: no lens shows these two so, one of them at {other_m:.1f} m; measure again"
    raise ToldError(words, "ground-lens", n=round(other_m, 1))


def narrowed(
    one: Standing, other: Standing, aspect: float, other_m: float, between: tuple[float, float]
) -> float:
    """The angle of the lens at which the `other` is that far away; the wider, the nearer."""
    low, high = between
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if reach(one, other, aspect, middle) >= other_m else (low, middle)
    return low


def reach(one: Standing, other: Standing, aspect: float, view_deg: float) -> float:
    """How far away the `other` stands if the lens is this; not a number where it cannot be."""
    try:
        return solved(one, other, aspect, view_deg).distance_m(other.foot_y) or math.nan
    except BoothError:
        return math.nan
