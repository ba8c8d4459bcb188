"""What the kernels must know of each body: points and boxes of the host in, one record per body out.

The same figures as in runtime/cpu/bodies.py, for all bodies at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.pose import (
    COLLAR,
    CORE_BONES,
    EARS,
    EYES,
    FACE_ACROSS,
    FACE_DOWN,
    GRID,
    HIPS,
    MOUTH,
    NOSE,
    OUTER_BONES,
    SHOULDERS,
)
from appliance.records import FloatArray, IntArray

BONE = np.dtype([(name, np.float32) for name in ("x", "y", "dx", "dy", "square")])
"struct Bone of kernels/bodies.cu."
BODY = np.dtype(
    [
        ("largest", np.uint64),
        *((name, np.int32) for name in ("strange", "doubt", "last_row", "core")),
        ("row", np.int32),
        ("box", np.int32, 4),
        ("trunk", np.int32, (4, 2)),
        ("face", np.float32, 2),
        ("ellipse", np.float32, 2),
        *((name, np.float32) for name in ("collar", "head")),
        ("bones", BONE, len(CORE_BONES) + len(OUTER_BONES) + 1),
    ],
    align=True,
)
"struct Body of kernels/bodies.cu; the kernels count in its first five fields, from 0."


def bodies_of(
    rows: IntArray, points: FloatArray, boxes: FloatArray, shape: tuple[int, int]
) -> NDArray[np.void]:
    """Records (K,) of dtype BODY for rows (K,) of silhouettes of `shape`, points (K, 33, 2) and boxes (K, 4)."""
    table = np.zeros(len(rows), BODY)
    table["row"] = rows
    table["box"] = boxes_in(boxes, shape)
    fill_head(table, points)
    far = np.array(shape[::-1], np.float32)  # a wild point must not overflow the corners' integers
    table["trunk"] = points[:, [*SHOULDERS, *HIPS]].clip(-far, 2 * far).astype(np.int32) // GRID
    limbs = np.array([*CORE_BONES, *OUTER_BONES])
    table["bones"][:, :-1] = bones_of(points[:, limbs[:, 0]], points[:, limbs[:, 1]])
    return table


def boxes_in(boxes: FloatArray, shape: tuple[int, int]) -> IntArray:
    """Left, top, right and bottom (K, 4), rounded, of what boxes (K, 4) have of a view of `shape`."""
    height, width = shape
    inside: IntArray = np.rint(boxes).astype(np.int64).clip(0, [width, height, width, height])
    return inside


def fill_head(table: NDArray[np.void], points: FloatArray) -> None:
    """Put the ellipse round the face, the collar and the bone through the head of points (K, 33, 2) into a table."""
    shoulders = middle_of(points, SHOULDERS)
    face = middle_of(points, (NOSE, *EYES, *MOUTH))
    rise = (shoulders[:, 1] - face[:, 1]).astype(np.float64)
    table["face"] = face
    table["ellipse"] = np.outer(rise, [FACE_ACROSS, FACE_DOWN])
    collar = shoulders[:, 1] - (COLLAR * rise).astype(np.float32)
    table["collar"] = np.where(rise > 0, collar, np.inf)  # no head could be cut off: everything is head
    skull = middle_of(points, (NOSE, *EYES, *EARS, *MOUTH))
    table["head"] = 0.3 * np.linalg.norm(shoulders - skull, axis=1).astype(np.float64)
    table["bones"][:, -1] = bones_of(0.75 * shoulders + 0.25 * skull, 1.5 * skull - 0.5 * shoulders)


def middle_of(points: FloatArray, places: tuple[int, ...]) -> FloatArray:
    """Middle (K, 2) of some of the points (K, P, 2)."""
    middle: FloatArray = points[:, list(places)].mean(axis=1)
    return middle


def bones_of(starts: FloatArray, ends: FloatArray) -> NDArray[Any]:
    """Line segments between points (..., 2) as records of dtype BONE."""
    bones = np.zeros(starts.shape[:-1], BONE)
    way = ends - starts
    bones["x"], bones["y"] = starts[..., 0], starts[..., 1]
    bones["dx"], bones["dy"] = way[..., 0], way[..., 1]
    bones["square"] = (way.astype(np.float64) ** 2).sum(axis=-1) + 1e-6
    return bones
