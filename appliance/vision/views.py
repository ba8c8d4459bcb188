"""Which views are worth a look: boxes of one frame in, how well each person shows out."""

from __future__ import annotations

import numpy as np

from appliance.config import Garment
from appliance.geometry import area, shared_area
from appliance.records import FloatArray, Frame, MaskArray

EDGE_PX = 2
"A box that comes so close to the picture's edge is cut off."


def view_quality(boxes: FloatArray, frame: Frame, settings: Garment) -> FloatArray:
    """How well N people show, shape (N,): 0 for a view not to be used, else the uncovered height in pixels.

    Unusable: too small, cut off at the picture's edge, or overlapped by somebody else.
    """
    free = 1 - covered_share(boxes)
    usable = large_enough(boxes, settings) & whole(boxes, frame) & (free >= 1 - settings.max_overlap)
    quality: FloatArray = np.where(usable, (boxes[:, 3] - boxes[:, 1]) * free, 0).astype(np.float32)
    return quality


def large_enough(boxes: FloatArray, settings: Garment) -> MaskArray:
    """Which boxes (N, 4) are of a person large enough to judge, shape (N,)."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    enough: MaskArray = (height >= settings.min_height_px) & (width >= settings.min_width_px)
    return enough


def whole(boxes: FloatArray, frame: Frame) -> MaskArray:
    """Which boxes (N, 4) are not cut off at the picture's edge, shape (N,)."""
    far = np.array([frame.width, frame.height], np.float32) - EDGE_PX
    return np.asarray(((boxes[:, :2] > EDGE_PX) & (boxes[:, 2:] < far)).all(axis=1))


def covered_share(boxes: FloatArray) -> FloatArray:
    """Largest share of each box (N, 4) that another one covers, shape (N,), 0..1.

    Any overlap counts, in front or behind: a neighbour's clothes are as wrong in the mask either way.
    """
    shared = shared_area(boxes, boxes)
    np.fill_diagonal(shared, 0)
    share: FloatArray = (shared.max(axis=1, initial=0) / np.maximum(area(boxes), 1e-6)).astype(np.float32)
    return share
