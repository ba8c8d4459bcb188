"""Where somebody walks: first and last box of a passage in, a word that staff can follow with their eyes out."""

from __future__ import annotations

import math

Box = tuple[float, float, float, float]

SIDEWAYS = 0.5
"Widths of a step: the middle has moved by so much of the person's own height."
NEARER = math.log(1.15)
"A person who comes 15 % nearer looks 15 % taller."


def heading_of(first: Box, last: Box) -> str:
    """One of outfit.HEADINGS for boxes (left, top, right, bottom in pixels) at a passage's beginning and now."""
    heights = [max(1.0, box[3] - box[1]) for box in (first, last)]
    moved = (last[0] + last[2] - first[0] - first[2]) / (heights[0] + heights[1])
    grown = math.log(heights[1] / heights[0])
    if abs(moved) >= SIDEWAYS:
        return "right" if moved > 0 else "left"
    if abs(grown) >= NEARER:
        return "towards" if grown > 0 else "away"
    return "still"
