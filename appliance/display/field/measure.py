"""The ground plane at the booth: views of one person at two spots in, the plane and what to make of it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from appliance.display.view import Box, View
from appliance.errors import ToldError
from appliance.ground import Ground, Standing, ground_from
from appliance.site import Plane
from appliance.tape import ground_by_tape

LOOK_S = 2.0
"Over which a box is taken: it trembles by some pixels from frame to frame."
LEAST_VIEWS = 4
EDGE = 0.01
SPOTS = ("near", "far")


@dataclass(frozen=True)
class Measured:
    """A person of known height at one spot."""

    standing: Standing
    aspect: float
    "Of the picture, width by height."


def tallest(view: View) -> Box | None:
    """The box of whoever is seen largest, None where nobody is."""
    return max(view.people, key=lambda box: box[3], default=None)


def median_box(views: Sequence[View]) -> tuple[float, float]:
    """Head and foot of the largest person, as shares of the height. Raises BoothError in words."""
    boxes = [box for view in views if (box := tallest(view)) is not None]
    if len(boxes) < LEAST_VIEWS:
        words = "nobody is seen: stand still in view for two seconds, then capture again"
        raise ToldError(words, "measure-nobody")
    head = median(top for _, top, _, _ in boxes)
    foot = median(top + height for _, top, _, height in boxes)
    if head <= EDGE or foot >= 1 - EDGE:
        words = "head or feet are cut off: stand where both are in view, then capture again"
        raise ToldError(words, "measure-cut")
    return head, foot


def measure(views: Sequence[View], height_m: float) -> Measured:
    """The largest person of the last views. Raises BoothError in words."""
    head, foot = median_box(views)
    return Measured(Standing(foot, head, height_m), views[-1].width / views[-1].height)


def plane_from(near: Measured, far: Measured, far_m: float | None) -> tuple[Plane, float]:
    """The plane and its doubt as a share. Raises BoothError in words where two spots do not tell it.

    `far_m`: how far away the far spot is by tape, which tells the lens; None: a usual lens is taken for it, and
    distances may be wrong by half.
    """
    if near.standing.foot_y <= far.standing.foot_y:
        words = "near and far are swapped: feet at the near spot have to be lower in the picture"
        raise ToldError(words, "measure-swapped")
    if far_m is None:
        ground, doubt = ground_from(near.standing, far.standing, near.aspect)
    else:
        ground, doubt = ground_by_tape(near.standing, far.standing, near.aspect, far_m)
    plane = Plane(
        camera_m=ground.camera_m, tilt_deg=ground.tilt_deg, view_deg=ground.view_deg, aspect=ground.aspect
    )
    return plane, doubt


def plane_words(ground: Ground, picture_px: int, least_px: int) -> dict[str, Any]:
    """What the page says of a plane: figures a technician can check by eye."""
    return {
        "camera_m": round(ground.camera_m, 2),
        "tilt_deg": round(ground.tilt_deg, 1),
        "horizon_y": round(ground.horizon_y, 4),
        "reach_m": round(ground.farthest_m(min(1.0, least_px / picture_px)), 1),
        "grid": grid_of(ground),
    }


def grid_of(ground: Ground) -> list[dict[str, float]]:
    """Rows of the picture where somebody's feet are at some distances, with the row of a head 1.70 m above."""
    rows = []
    for distance_m in (2, 4, 6, 8, 12, 16, 24):
        foot = ground.foot_y(distance_m)
        head = ground.head_y(foot, 1.7)
        if head is not None and 0 <= foot <= 1:
            rows.append({"distance_m": distance_m, "foot_y": round(foot, 4), "head_y": round(head, 4)})
    return rows
