"""The build of one body: its points and silhouette in, the clothed part and its core out. A bad one is refused."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from appliance.records import FloatArray, MaskArray

NOSE, EYES, EARS, MOUTH = 0, (2, 5), (7, 8), (9, 10)
SHOULDERS, WRISTS, HIPS = (11, 12), (15, 16), (23, 24)
"Places of the points, as BlazePose numbers them; left and right alternate."
CORE_BONES = (
    (11, 12), (12, 24), (24, 23), (23, 11), (11, 24), (12, 23), (11, 13), (12, 14), (23, 25), (24, 26)
)  # fmt: skip
"Trunk, upper arms and thighs: what nearly every garment covers, whoever wears it."
OUTER_BONES = (
    (13, 15), (14, 16), (15, 19), (16, 20), (15, 17), (16, 18), (15, 21), (16, 22),
    (25, 27), (26, 28), (27, 31), (28, 32), (27, 29), (28, 30),
)  # fmt: skip
"Forearms, hands, lower legs and feet: bare on some people, so a measure of them would see skin."
FACE_ACROSS, FACE_DOWN, COLLAR = 0.9, 1.15, 0.25
"Half axes of the ellipse cut off round the face, and rows cut above the shoulders; in face-to-shoulder heights."
GRID = 2
"Pixels of the silhouette per point at which the nearest bone is looked up."
LEAST_PRESENCE = 0.5
SURE = 0.5
"Silhouette value from which a pixel is the person."
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


def dressed(silhouette: FloatArray, points: FloatArray, box: FloatArray) -> tuple[MaskArray, MaskArray]:
    """Clothes and their core, two masks (H, W), of a silhouette (H, W), 0..1, and points (33, 2) in its pixels.

    `box` (4,) is where the detector saw the person; what is beyond it belongs to others. Raises MaskRefused.
    """
    if not np.isfinite(points).all():
        raise MaskRefused("points are not finite")
    person = person_of(silhouette, box)
    clothes = person & ~head_of(points, person.shape)
    core = clothes & nearest_core(points, person.shape)
    if core.sum() < MIN_CORE_PX:
        raise MaskRefused("trunk and thighs are hardly visible")
    return clothes, core


def person_of(silhouette: FloatArray, box: FloatArray) -> MaskArray:
    """The person's pixels, one connected part. Raises MaskRefused when the shape cannot be a whole person's."""
    if not np.isfinite(silhouette).all():
        raise MaskRefused("silhouette is not finite")
    left, top, right, bottom = np.rint(box).astype(int).clip(0).tolist()
    inside = np.zeros(silhouette.shape, np.bool_)
    inside[top:bottom, left:right] = True
    person = largest_part(inside & (silhouette > SURE))
    check_shape_of(person, inside)
    doubt = float((inside & (silhouette > 0.1) & (silhouette < 0.9)).sum() / person.sum())
    if doubt > MAX_DOUBT:
        raise MaskRefused(f"{doubt:.0%} of the mask is in doubt")
    return person


def check_shape_of(person: MaskArray, inside: MaskArray) -> None:
    """Raise MaskRefused for a person (H, W) that does not fill its box as a standing one does."""
    cover = float(person.sum() / max(1, int(inside.sum())))
    if not MIN_COVER <= cover <= MAX_COVER:
        raise MaskRefused(f"person fills {cover:.0%} of the box")
    rows, box_rows = np.flatnonzero(person.any(axis=1)), np.flatnonzero(inside.any(axis=1))
    if rows[-1] - rows[0] < MIN_SPAN * len(box_rows):
        raise MaskRefused("only part of the person is visible")


def largest_part(mask: MaskArray) -> MaskArray:
    """The largest connected part of a mask (H, W): a neighbour at the edge of the box is none of ours."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return mask
    part: MaskArray = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return part


def head_of(points: FloatArray, shape: tuple[int, ...]) -> MaskArray:
    """Head, hair and neck as a mask of `shape`: all rows well above the shoulders, and an ellipse round the face."""
    shoulders = points[list(SHOULDERS)].mean(axis=0)
    face = points[[NOSE, *EYES, *MOUTH]].mean(axis=0)
    rise = float(shoulders[1] - face[1])
    if rise <= 0:
        raise MaskRefused("the head is not above the shoulders")
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
    grown: MaskArray = np.repeat(np.repeat(near | (filled > 0), GRID, axis=0), GRID, axis=1)
    return grown


def head_distance(points: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Distance of grid points to the head, 0 within about a head's half width."""
    shoulders = points[list(SHOULDERS)].mean(axis=0)
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
