"""Whether a body may be judged by: its points and the counts of its mask in, the reason of a refusal out."""

from __future__ import annotations

import numpy as np

from appliance.pose import BodyCounts, rise_of
from appliance.records import FloatArray

LEAST_PRESENCE = 0.5
MIN_COVER, MAX_COVER = 0.12, 0.85
"Share of its box that a standing person fills; beyond it the mask has missed or swallowed the street."
MIN_SPAN = 0.6
"Share of the box's height that a person reaches over."
MAX_DOUBT = 0.35
"Share of half-sure pixels among those of the person."
MIN_CORE_PX = 400
"Pixels of a core in the 256x256 view, about a sixth of a usual one; fewer say nothing of the clothes."


class MaskRefused(Exception):
    """The mask of one person is too bad to judge by; the text says why."""


def check_points(points: FloatArray) -> None:
    """Raise MaskRefused for points (33, 2) that are none; asked before anybody is dressed by them."""
    if not np.isfinite(points).all():
        raise MaskRefused("points are not finite")


def check_mask(counts: BodyCounts, row: int, points: FloatArray) -> None:
    """Raise MaskRefused for a dressed body, `row` of the counts, that no clothes can be told of; points (33, 2)."""
    if not counts.finite[row]:
        raise MaskRefused("silhouette is not finite")
    check_shape_of(counts, row)
    doubt = float(counts.doubt_px[row] / counts.person_px[row])
    if doubt > MAX_DOUBT:
        raise MaskRefused(f"{doubt:.0%} of the mask is in doubt")
    if rise_of(points) <= 0:
        raise MaskRefused("the head is not above the shoulders")
    if counts.core_px[row] < MIN_CORE_PX:
        raise MaskRefused("trunk and thighs are hardly visible")


def check_shape_of(counts: BodyCounts, row: int) -> None:
    """Raise MaskRefused for a person who does not fill the box as a standing one does."""
    cover = float(counts.person_px[row] / max(1, int(counts.inside_px[row])))
    if not MIN_COVER <= cover <= MAX_COVER:
        raise MaskRefused(f"person fills {cover:.0%} of the box")
    if counts.person_rows[row] < MIN_SPAN * counts.box_rows[row]:
        raise MaskRefused("only part of the person is visible")
