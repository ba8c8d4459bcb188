"""Shapes of bodies and things: a few sizes in, polygons (N, 2) of x, y in pixels out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]
"""x, y in pixels, shape (2,)."""
Polygon = NDArray[np.float64]
"""Shape (N, 2), pixels."""

SHIFT = 4
"Fractional bits that OpenCV is given."


def ellipse(centre: Point, across: float, down: float, tilt_deg: float = 0) -> Polygon:
    """An ellipse by its half axes."""
    turn, tilt = np.linspace(0, 2 * np.pi, 48, endpoint=False), np.radians(tilt_deg)
    x, y = across * np.cos(turn), down * np.sin(turn)
    points = np.stack([x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt)], axis=1)
    return np.asarray(centre + points)


def limb(start: Point, end: Point, start_radius: float, end_radius: float) -> Polygon:
    """Two discs and what lies between them."""
    points = np.concatenate(
        [ellipse(start, start_radius, start_radius), ellipse(end, end_radius, end_radius)]
    )
    return np.asarray(cv2.convexHull(points.astype(np.float32))[:, 0], np.float64)


def trunk(rows: Sequence[float], halves: Sequence[float], top_x: float, bottom_x: float) -> Polygon:
    """A body about an axis that may lean: half widths at some rows, rounded in between."""
    y = np.linspace(rows[0], rows[-1], 60)
    bend = np.interp(y, rows, halves)
    soft = np.convolve(np.pad(bend, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    axis = np.interp(y, [rows[0], rows[-1]], [top_x, bottom_x])
    return np.concatenate([np.stack([axis - soft, y], 1), np.stack([axis + soft, y], 1)[::-1]])


def fill(shape: tuple[int, ...], polygons: Sequence[Polygon]) -> NDArray[np.bool_]:
    """Pixels (H, W) inside any of the polygons; none for no polygon."""
    mask = np.zeros(shape[:2], np.uint8)
    for polygon in polygons:
        cv2.fillPoly(
            mask, [np.rint(polygon * 2**SHIFT).astype(np.int32)], 1, lineType=cv2.LINE_8, shift=SHIFT
        )
    return mask.astype(np.bool_)
