"""The clothing of a person: frame and boxes in, cuts with head and street masked out. A bad mask means abstain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from appliance.records import DeviceArray, FloatArray, Frame, Garments, IntArray
from appliance.runtime.seam import BodyOps, ImageOps, Model
from appliance.vision.body import LEAST_PRESENCE, MaskRefused, check_mask, check_points

VIEW = 256
"Side of the body network's square input, pixels."
MARGIN = 1.25
"Side of the square view in heights of the box: what the network was trained on (MediaPipe's pose landmarks)."
CUT_WIDTH, CUT_HEIGHT = 128, 256
"What the descriptor reads; stretched, so that a body's width does not count."
PAD_X, PAD_Y = 0.15, 0.08
"Share of the box added on each side: detectors shave hands and feet."
HALF_DETAIL = 50.0
"Sharpness at which a view is believed half: motion blur measures below, a view in focus above."


@dataclass(frozen=True)
class Dressed:
    """The masks of some people in their views."""

    clothes: DeviceArray
    "Shape (K, VIEW, VIEW), bool."
    cores: DeviceArray
    "Shape (K, VIEW, VIEW), bool."
    rows: IntArray
    "Shape (M,): which of the masks are good."
    people: IntArray
    "Shape (M,): whose they are, by the row of the view."
    refused: dict[int, str]
    "Id of everybody else, and why."


class GarmentCutter:
    """Cuts the garments of chosen people out of a frame."""

    def __init__(self, image: ImageOps, body: Model, bodies: BodyOps) -> None:
        self._image = image
        self._body = body
        self._bodies = bodies

    def cut(self, frame: Frame, ids: IntArray, boxes: FloatArray, gains: FloatArray) -> Garments:
        """Mask people (N,) with boxes (N, 4). People with a bad mask are named in `refused`, not cut.

        `gains` (3,) take the light out of R, G, B.
        """
        squares = square_views(boxes)
        views = self._image.crop(frame, squares, VIEW, VIEW)
        worn = self.dress(views, ids, view_boxes(boxes, squares))
        kept, size = squares[worn.people], (gains, CUT_WIDTH, CUT_HEIGHT)
        cuts, masks = self._image.cut(frame, kept, worn.clothes, worn.rows, *size)
        core_cuts, core_masks = self._image.cut(frame, kept, worn.cores, worn.rows, *size)
        detail = self._image.sharpness(views, worn.people)
        weights = detail / (detail + HALF_DETAIL)
        return Garments(cuts, masks, core_cuts, core_masks, ids[worn.people], weights, worn.refused)

    def dress(self, views: DeviceArray, ids: IntArray, boxes: FloatArray) -> Dressed:
        """Masks of people (N,) in views (N, VIEW, VIEW, 3) with boxes (N, 4) in pixels of the view."""
        seen = self._body.infer({"image": views}, ("points", "presence")) if len(ids) else {}
        refused: dict[int, str] = {}

        def check_found(row: int) -> None:
            if not seen["presence"][row, 0] >= LEAST_PRESENCE:
                raise MaskRefused("no body was recognised")
            check_points(seen["points"][row, :, :2])

        found = passing(ids, check_found, refused)
        points = seen["points"][found, :, :2] if len(ids) else np.zeros((0, 33, 2), np.float32)
        clothes, cores, counts = self._bodies.dress(seen.get("mask"), found, points, boxes[found])
        good = passing(ids[found], lambda row: check_mask(counts, row, points[row]), refused)
        return Dressed(clothes, cores, good, found[good], refused)


def passing(ids: IntArray, check: Callable[[int], None], refused: dict[int, str]) -> IntArray:
    """Rows (M,) of those people (N,) whose check raises nothing; why the others fail goes to `refused`."""
    rows = []
    for row, track in enumerate(ids.tolist()):
        try:
            check(row)
            rows.append(row)
        except MaskRefused as reason:
            refused[track] = str(reason)
    return np.array(rows, np.int64)


def square_views(boxes: FloatArray) -> FloatArray:
    """Squares (N, 4) round boxes (N, 4), MARGIN heights (or widths, if greater) wide: the body is not stretched."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = MARGIN / 2 * (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True, initial=0)
    return np.concatenate([middle - half, middle + half], axis=1)


def view_boxes(boxes: FloatArray, squares: FloatArray) -> FloatArray:
    """Padded boxes (N, 4) in the pixels of their square views."""
    size = boxes[:, 2:] - boxes[:, :2]
    margin = size * np.array([PAD_X, PAD_Y], np.float32)
    padded = np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)
    scale = VIEW / np.maximum(squares[:, 2:] - squares[:, :2], 1e-6)
    placed: FloatArray = (padded - np.tile(squares[:, :2], 2)) * np.tile(scale, 2)
    return placed
