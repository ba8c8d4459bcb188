"""Painting over parts of a photo so that light and shade stay: pixels and a mask in, pixels out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import MaskArray
from calibration.trials.canvas import Canvas
from calibration.trials.fabric import Cloth, Plane, weave
from calibration.trials.labels import (
    GARMENTS,
    PERSON,
    Box,
    Label,
    Labels,
    Photo,
    Shot,
    box_of,
    to_photo,
    where,
)

Edit: TypeAlias = Callable[[Shot, np.random.Generator], Shot]
"""A change of one photo; the shot that comes in is left as it was."""

FINER = 2
"Paint for an overlay is laid at twice the photo's size: smooth edges."
FEATHER_PX = 1.0
REACH_PX = 3
"How far beyond a mask a blend can touch: pixels at an edge show both sides."


def blend(photo: Photo, fresh: NDArray[Any], mask: MaskArray) -> Photo:
    """`fresh` (H, W, 3), 0..255, over the mask (H, W), softly at its edge."""
    share = cv2.GaussianBlur(mask.astype(np.float32), (2 * REACH_PX + 1,) * 2, FEATHER_PX)[..., None]
    mixed = to_photo(photo * (1 - share) + fresh * share)
    return np.where(share > 0, mixed, photo)


def shading(shot: Shot, mask: MaskArray) -> Plane:
    """How light or dark each pixel (H, W) is beside what is usual for its class in the mask, about .4..1.4.

    Class by class: a white shirt over black trousers is no brighter light.
    """
    light = shot.photo.max(axis=2).astype(np.float32) + 12
    beside = np.ones_like(light)
    for label in np.unique(shot.labels[mask]).tolist():
        part = mask & (shot.labels == label)
        beside[part] = light[part] / np.median(light[part])
    return np.asarray(beside.clip(0.2, 1.75) ** 0.6, np.float32)


def dye(shot: Shot, mask: MaskArray, cloth: Cloth, rng: np.random.Generator) -> Photo:
    """The mask in another cloth, with its shading; the same photo for an empty mask."""
    if not mask.any():
        return shot.photo.copy()
    u, v = body_plane(shot.labels)
    fresh = weave(cloth, u, v, rng) * shading(shot, mask)[..., None]
    return blend(shot.photo, fresh, mask)


def body_plane(labels: Labels) -> tuple[Plane, Plane]:
    """Places beside and below the top left of the person's box, each (H, W), in heights of the person."""
    left, top, _, height = box_of(labels)
    rows, columns = np.mgrid[: labels.shape[0], : labels.shape[1]].astype(np.float32)
    scale = np.float32(max(height, 1))
    return (columns - left) / scale, (rows - top) / scale


def overlay(shot: Shot, paint: Callable[[Canvas], None], keep: MaskArray, rng: np.random.Generator) -> Shot:
    """Whatever `paint` lays on a canvas of twice the size, over the photo but behind the pixels to keep (H, W).

    Where nobody stands, nothing is laid.
    """
    height_px = box_of(shot.labels)[3]
    if height_px == 0:
        return shot
    canvas = Canvas(shot.photo, FINER, FINER * height_px, rng)
    paint(canvas)
    size = shot.labels.shape[1], shot.labels.shape[0]
    share = cv2.resize((canvas.labels > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    share = np.where(keep, 0, share)[..., None]
    fresh = canvas.shot()
    photo = np.where(share > 0, to_photo(shot.photo * (1 - share) + fresh.photo * share), shot.photo)
    labels = np.where((fresh.labels > 0) & ~keep, fresh.labels, shot.labels)
    return Shot(photo, labels.astype(np.uint8))


def main_garment(labels: Labels) -> MaskArray:
    """The largest garment, shape (H, W)."""
    areas = [int((labels == label).sum()) for label in GARMENTS]
    mask: MaskArray = labels == GARMENTS[int(np.argmax(areas))]
    return mask


def halves(labels: Labels) -> tuple[MaskArray, MaskArray]:
    """Top and bottom of an outfit, each (H, W); a dress counts as both."""
    full = labels == Label.FULL
    rows = np.flatnonzero(full.any(axis=1))
    cut = rows[0] + 0.45 * (rows[-1] - rows[0]) if len(rows) else 0
    above = np.arange(len(labels))[:, None] < cut
    return (labels == Label.UPPER) | (full & above), (labels == Label.LOWER) | (full & ~above)


def head_zone(labels: Labels, share: float = 0.2) -> MaskArray:
    """What belongs to the head: hair, skin, covering and jewellery in the top `share` of the person, (H, W)."""
    _, top, _, height = box_of(labels)
    zone = where(labels, (Label.HAIR, Label.SKIN, Label.HEADWEAR, Label.ACCESSORY))
    zone[int(top + share * height) :] = False
    return zone


def axis_of(labels: Labels) -> tuple[Box, float]:
    """The person's box, and the column of their middle: that of the clothes, for an arm may stick out."""
    box = box_of(labels)
    columns = np.nonzero(where(labels, GARMENTS))[1]
    if not len(columns):
        columns = np.nonzero(where(labels, PERSON))[1]
    return box, float(np.median(columns)) if len(columns) else 0.0


def usual_colour(photo: Photo, mask: MaskArray) -> tuple[int, int, int]:
    """Median RGB of the mask; grey for an empty one."""
    if not mask.any():
        return 128, 128, 128
    red, green, blue = np.median(photo[mask], axis=0).astype(int).tolist()
    return red, green, blue
