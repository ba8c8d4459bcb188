"""People's boxes in NumPy: a network's boxes in, the few that are people of the frame out. The living definition."""

from __future__ import annotations

import numpy as np

from appliance.geometry import iou
from appliance.records import FloatArray, IntArray


class CpuBoxOps:
    """BoxOps of the CPU wing; stateless."""

    def strongest(
        self,
        boxes: FloatArray,
        scores: FloatArray,
        scale: float,
        size: tuple[int, int],
        floor: float,
        overlap: float,
    ) -> tuple[FloatArray, FloatArray]:
        """See BoxOps.strongest."""
        return decode(boxes[0], scores.reshape(-1), scale, size, floor, overlap)


def decode(
    boxes: FloatArray,
    scores: FloatArray,
    scale: float,
    size: tuple[int, int],
    floor: float,
    overlap: float,
) -> tuple[FloatArray, FloatArray]:
    """Network boxes (N, 4) in tensor pixels and scores (N,) to boxes (K, 4) and scores (K,) of a frame of `size`.

    Boxes below the floor, not finite, or outside the picture go; doubles go by non-maximum suppression.
    """
    strong = np.flatnonzero(scores >= floor)  # thousands of cells, a few dozen of them people
    width, height = size
    strong = strong[np.isfinite(boxes[strong]).all(axis=1)]
    clipped = (boxes[strong] * scale).clip(0, np.array([width, height, width, height]))
    kept_scores = scores[strong]
    solid = ((clipped[:, 2:] - clipped[:, :2]) >= 1).all(axis=1)
    clipped, kept_scores = clipped[solid], kept_scores[solid]
    rows = suppress(clipped, kept_scores, overlap)
    return clipped[rows].astype(np.float32), kept_scores[rows].astype(np.float32)


def suppress(boxes: FloatArray, scores: FloatArray, overlap: float) -> IntArray:
    """Greedy non-maximum suppression: rows that stay, best score first, ties by row number."""
    clashes = iou(boxes, boxes) > overlap
    alive = np.ones(len(boxes), np.bool_)
    kept = []
    for row in np.argsort(-scores, kind="stable").tolist():
        if alive[row]:
            kept.append(row)
            alive &= ~clashes[row]
    return np.array(kept, np.int64)
