"""The shape of a standing person: where to expect one in a box, and where the head ends."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import MaskArray

OUTSIDE, INSIDE, LIKELY_OUTSIDE, LIKELY_INSIDE = 0, 1, 2, 3
"Marks of a hint, with the numbers of cv2.GrabCutClasses."
HEAD = 0.17
"Share of a person's height taken as the head where the silhouette shows no neck."
LEAST_HEAD = 0.12
NECK = (0.09, 0.21)
"Shares of the height between which a neck can lie (Drillis and Contini 1966: chin .13, shoulder .18)."
NARROW = 0.8
"A neck is narrower than this share of the head above it."


@lru_cache(maxsize=4)
def silhouette_hints(width: int, height: int, pad_x: float, pad_y: float) -> NDArray[np.uint8]:
    """Where a walking person is expected in a crop (height, width) whose box was padded by those shares.

    The margin is surely street, a slim core of trunk and neck is surely person, the rest is likely one or other.
    """
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    x, y = x * (1 + 2 * pad_x) - pad_x, y * (1 + 2 * pad_y) - pad_y
    aside = np.abs(x - 0.5)
    head = (aside / 0.16) ** 2 + ((y - 0.085) / 0.085) ** 2 < 1
    body = ((aside < 0.30) & (y > 0.16) & (y < 0.52)) | ((aside < 0.26) & (y >= 0.5) & (y < 0.95))
    trunk = ((aside < 0.14) & (y > 0.2) & (y < 0.55)) | ((aside < 0.10) & (y >= 0.5) & (y < 0.65))
    neck = (aside < 0.08) & (y > 0.05) & (y <= 0.2)
    hints = np.full((height, width), OUTSIDE, np.uint8)
    hints[(x > 0) & (x < 1) & (y > 0) & (y < 1)] = LIKELY_OUTSIDE
    hints[head | body] = LIKELY_INSIDE
    hints[trunk | neck] = INSIDE
    return hints


def largest_part(mask: MaskArray) -> MaskArray:
    """The largest connected part of a mask (H, W): a neighbour at the edge of the box is none of ours."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    part: MaskArray = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return part


def neck_row(person: MaskArray) -> int:
    """First row below the head of a silhouette (H, W) with a pixel on: its neck if it shows one, else by HEAD."""
    rows = np.flatnonzero(person.any(axis=1))
    top, height = int(rows[0]), int(rows[-1] - rows[0] + 1)
    widths = np.convolve(person.sum(axis=1), np.ones(5) / 5, mode="same")
    first, last = (top + round(share * height) for share in NECK)
    neck = first + int(np.argmin(widths[first:last])) if last > first else first
    if widths[neck] < NARROW * widths[top:neck].max(initial=0):
        return max(neck, top + round(LEAST_HEAD * height))
    return top + round(HEAD * height)
