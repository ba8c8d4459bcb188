"""The clothing of a person: frame and boxes in, cuts with head and street masked out. A bad mask means abstain."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, Frame, Garments, IntArray, MaskArray
from appliance.runtime.seam import ImageOps, Model
from appliance.vision.body import LEAST_PRESENCE, MaskRefused, dressed

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


class GarmentCutter:
    """Cuts the garments of chosen people out of a frame."""

    def __init__(self, image: ImageOps, body: Model) -> None:
        self._image = image
        self._body = body

    def cut(self, frame: Frame, ids: IntArray, boxes: FloatArray, gains: FloatArray) -> Garments:
        """Mask people (N,) with boxes (N, 4). People with a bad mask are named in `refused`, not cut.

        `gains` (3,) take the light out of R, G, B.
        """
        squares = square_views(boxes)
        views = self._image.crop(frame, squares, VIEW, VIEW)
        clothes, cores, kept, refused = self._masks(views, ids, view_boxes(boxes, squares))
        size = (gains, CUT_WIDTH, CUT_HEIGHT)
        cuts, masks = self._image.cut(frame, squares[kept], clothes, *size)
        core_cuts, core_masks = self._image.cut(frame, squares[kept], cores, *size)
        detail = self._image.sharpness(views[kept])
        weights = detail / (detail + HALF_DETAIL)
        return Garments(cuts, masks, core_cuts, core_masks, ids[kept], weights, refused)

    def _masks(
        self, views: FloatArray, ids: IntArray, boxes: FloatArray
    ) -> tuple[MaskArray, MaskArray, list[int], dict[int, str]]:
        """Clothes and cores (K, VIEW, VIEW) of those kept, their rows, and why the others are not."""
        masks: list[tuple[MaskArray, MaskArray]] = []
        kept, refused = [], {}
        bodies = self._body.infer({"image": views}) if len(ids) else {}
        for row, track in enumerate(ids.tolist()):
            try:
                if not bodies["presence"][row, 0] >= LEAST_PRESENCE:
                    raise MaskRefused("no body was recognised")
                masks.append(dressed(bodies["mask"][row, 0], bodies["points"][row, :, :2], boxes[row]))
                kept.append(row)
            except MaskRefused as reason:
                refused[track] = str(reason)
        both = np.array(masks, np.bool_).reshape(len(masks), 2, VIEW, VIEW)
        return both[:, 0], both[:, 1], kept, refused


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
