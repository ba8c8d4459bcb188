"""Masks of bodies: silhouettes and points in, clothes, their core and counts out. The living definition.

It judges nobody: any silhouette has its masks and counts, be they empty.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

import cv2
import numpy as np

from appliance.pose import (
    COLLAR,
    CORE_BONES,
    EARS,
    EYES,
    FACE_ACROSS,
    FACE_DOWN,
    GRID,
    HALF_SURE,
    HIPS,
    MOUTH,
    NOSE,
    OUTER_BONES,
    SHOULDERS,
    SURE,
    BodyCounts,
    face_of,
    rise_of,
    shoulders_of,
)
from appliance.records import FloatArray, IntArray, MaskArray


class CpuBodyOps:
    """BodyOps of the CPU wing; stateless."""

    def dress(
        self, silhouettes: FloatArray | None, rows: IntArray, points: FloatArray, boxes: FloatArray
    ) -> tuple[MaskArray, MaskArray, BodyCounts]:
        """See BodyOps.dress."""
        shape = (0, 0) if silhouettes is None else silhouettes.shape[2:]
        clothes, cores = np.zeros((2, len(rows), *shape), np.bool_)
        table = np.zeros((len(rows), len(fields(BodyCounts))), np.int64)
        for place, row in enumerate(rows.tolist()):
            assert silhouettes is not None
            silhouette, body = silhouettes[row, 0], points[place]
            inside = inside_of(boxes[place], shape)
            person = person_of(silhouette, inside)
            clothes[place] = person & ~head_of(body, shape)
            cores[place] = clothes[place] & nearest_core(body, shape)
            table[place] = counts_of(silhouette, inside, person, cores[place])
        return clothes, cores, BodyCounts.from_table(table)


def inside_of(box: FloatArray, shape: tuple[int, ...]) -> MaskArray:
    """Pixels of `shape` inside a box (4,), its edges rounded; what is beyond it belongs to others."""
    left, top, right, bottom = np.rint(box).astype(int).clip(0).tolist()
    inside = np.zeros(shape, np.bool_)
    inside[top:bottom, left:right] = True
    return inside


def person_of(silhouette: FloatArray, inside: MaskArray) -> MaskArray:
    """The person's pixels inside the box, one connected part; a value that is no number is nobody."""
    return largest_part(inside & (silhouette > SURE))


def counts_of(
    silhouette: FloatArray, inside: MaskArray, person: MaskArray, core: MaskArray
) -> tuple[int, ...]:
    """The figures of one body in the order of BodyCounts; all masks (H, W)."""
    least, most = HALF_SURE
    return (
        int(np.isfinite(silhouette).all()),
        int(inside.sum()),
        int(inside.any(axis=1).sum()),
        int(person.sum()),
        reach_of(person),
        int((inside & (silhouette > least) & (silhouette < most)).sum()),
        int(core.sum()),
    )


def reach_of(person: MaskArray) -> int:
    """Rows from the first to the last that a person (H, W) touches, the first not counted; 0 for nobody."""
    rows = np.flatnonzero(person.any(axis=1))
    return int(rows[-1] - rows[0]) if len(rows) else 0


def largest_part(mask: MaskArray) -> MaskArray:
    """The largest connected part of a mask (H, W): a neighbour at the edge of the box is none of ours."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    part: MaskArray = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return part


def head_of(points: FloatArray, shape: tuple[int, ...]) -> MaskArray:
    """Head, hair and neck as a mask of `shape`: all rows well above the shoulders, and an ellipse round the face.

    Everything, where the face is not above the shoulders: no head could be cut off.
    """
    shoulders, face, rise = shoulders_of(points), face_of(points), rise_of(points)
    if rise <= 0:
        return np.ones(shape, np.bool_)
    x, y = grid_of(shape, 1)
    ellipse = ((x - face[0]) / (FACE_ACROSS * rise)) ** 2 + ((y - face[1]) / (FACE_DOWN * rise)) ** 2 < 1
    head: MaskArray = ellipse | (y < shoulders[1] - COLLAR * rise)
    return head


def nearest_core(points: FloatArray, shape: tuple[int, ...]) -> MaskArray:
    """Pixels of `shape` that are nearer to a core bone than to an outer one or to the head."""
    x, y = grid_of(shape, GRID)
    core = bone_distance(points, CORE_BONES, x, y)
    outer = bone_distance(points, OUTER_BONES, x, y)
    near = core <= np.minimum(outer, head_distance(points, x, y))
    reach = np.array(shape[::-1], np.float32)  # a wild point must not overflow the polygon's integers
    trunk = points[[*SHOULDERS, *HIPS]].clip(-reach, 2 * reach).astype(np.int32) // GRID
    filled = np.zeros(near.shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(trunk), 1)
    grown = np.repeat(np.repeat(near | (filled > 0), GRID, axis=0), GRID, axis=1)
    whole: MaskArray = grown[: shape[0], : shape[1]]
    return whole


def head_distance(points: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Distance of grid points to the head, 0 within about a head's half width."""
    shoulders = shoulders_of(points)
    face = points[[NOSE, *EYES, *EARS, *MOUTH]].mean(axis=0)
    ends = np.stack([0.75 * shoulders + 0.25 * face, 1.5 * face - 0.5 * shoulders])
    away = bone_distance(ends, ((0, 1),), x, y) - 0.3 * float(np.linalg.norm(shoulders - face))
    beyond: FloatArray = np.maximum(away, 0)
    return beyond


def bone_distance(
    points: FloatArray, bones: tuple[tuple[int, int], ...], x: FloatArray, y: FloatArray
) -> FloatArray:
    """Distance of grid points (H, W) to the nearest of some line segments between points (P, 2)."""
    nearest = np.full(x.shape, np.inf, np.float32)
    for start, end in bones:
        (x0, y0), (dx, dy) = points[start].tolist(), (points[end] - points[start]).tolist()
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy + 1e-6), 0, 1)
        nearest = np.minimum(nearest, (x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2)
    away: FloatArray = np.sqrt(nearest)
    return away


@lru_cache(maxsize=4)
def grid_of(shape: tuple[int, ...], step: int) -> tuple[FloatArray, FloatArray]:
    """X and y of every `step`-th pixel of a picture of `shape`, float32."""
    rows, columns = (np.arange(0, length, step, dtype=np.float32) for length in shape)
    x, y = np.meshgrid(columns, rows)
    return x, y
