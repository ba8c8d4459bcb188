"""Geometry of people's boxes: left, top, right, bottom in pixels in, overlaps and middle-and-size out; polygons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
AnyBoxes = NDArray[np.floating[Any]]


def measures_from_boxes(boxes: Array) -> Array:
    """Turn (N, 4) left, top, right, bottom into (N, 4) centre x, centre y, width, height."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] + sizes / 2, sizes], axis=1)


def boxes_from_measures(measures: Array) -> Array:
    """Undo measures_from_boxes; sizes are kept at one pixel or more."""
    half = np.maximum(measures[:, 2:], 1.0) / 2
    return np.concatenate([measures[:, :2] - half, measures[:, :2] + half], axis=1)


def shared_area(first: AnyBoxes, second: AnyBoxes) -> Array:
    """Area that (N, 4) and (M, 4) boxes have in common, square pixels, shape (N, M)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2]).astype(np.float64)
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray((high - low).clip(min=0).prod(axis=2))


def iou(first: AnyBoxes, second: AnyBoxes) -> Array:
    """Return the intersection over union of (N, 4) with (M, 4) boxes, shape (N, M), 0..1."""
    shared = shared_area(first, second)
    union = area(first)[:, None] + area(second)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def same_height(first: Array, second: Array) -> Array:
    """Return the intersection over union of the vertical extents of (N, 4) and (M, 4) boxes: (N, M), 0..1."""
    low = np.maximum(first[:, None, 1], second[None, :, 1])
    high = np.minimum(first[:, None, 3], second[None, :, 3])
    shared = np.maximum(high - low, 0.0)
    union = (first[:, 3] - first[:, 1])[:, None] + (second[:, 3] - second[:, 1])[None] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def area(boxes: AnyBoxes) -> Array:
    """Area of (N, 4) boxes in square pixels, shape (N,); 0 for boxes turned inside out."""
    sizes = boxes[:, 2:].astype(np.float64) - boxes[:, :2]
    return np.asarray(sizes.clip(min=0).prod(axis=1))


def inside(corners: Array, points: AnyBoxes) -> NDArray[np.bool_]:
    """Which points (N, 2) lie in the polygon of `corners` (M, 2), shape (N,), by the even-odd rule (Shimrat 1962)."""
    within = np.zeros(len(points), np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y1 > points[:, 1]) != (y2 > points[:, 1])
        slope = (x2 - x1) / (y2 - y1) if y1 != y2 else 0.0
        within ^= crosses & (points[:, 0] < x1 + slope * (points[:, 1] - y1))
    return within
