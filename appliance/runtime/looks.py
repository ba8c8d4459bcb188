"""What both wings agree on about pixels: a frame's or a box's size in, constants and places in whole pixels out."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, Frame, IntArray

GREY = 114
"Filling of a letterbox, as the detector's training had it (PaddleDetection and YOLO use the same value)."
HIGHLIGHT = 0.99
"Share of the free pixels that are darker than a highlight."
LEAST_FREE = 0.05
"Share of the picture without people below which people have to serve for the light as well."
GREY_LIGHT, GREY_SPREAD, LEAST_SPREAD, LIGHT_OFFSET = 118.0, 45.0, 0.25, 20.0
"A relief's mean and spread in 8-bit steps; the least spread of log light, so that a plain cloth's noise stays small."
RELIEF_SIGMA, RELIEF_SIDE = 1.0, 7
"""Blur of a relief and the side of its kernel, pixels: a lens out of focus must not look like another cut.

Measured on street photos, structure alone, without / 1 / 2 pixels: shift by blur .77 / .23 / .28 sigma, by background
.43 / .30 / .33, mirrored .47 / .28 / .37; AUROC of costumes .916 / .915 / .886, of swapped garments .88 / .90 / .87.
"""


def fit(frame: Frame, width: int, height: int) -> tuple[float, int, int]:
    """Frame pixels per pixel of a letterbox (width, height), and the columns and rows that the frame takes of it."""
    scale = max(frame.width / width, frame.height / height)
    return scale, max(1, round(frame.width / scale)), max(1, round(frame.height / scale))


def whole_edges(boxes: FloatArray) -> IntArray:
    """Boxes (N, 4) rounded outwards to whole pixels, at least one in each direction."""
    edges: IntArray = np.concatenate([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], axis=1).astype(np.int64)
    edges[:, 2:] = np.maximum(edges[:, 2:], edges[:, :2] + 1)
    return edges


def quarter(frame: Frame) -> tuple[int, int]:
    """Width and height of the small picture that the light is looked for in: averages the noise of pixels away."""
    return max(1, frame.width // 4), max(1, frame.height // 4)


def quarter_edges(frame: Frame, boxes: FloatArray) -> IntArray:
    """Boxes (N, 4) in whole pixels of the small picture, >= 0."""
    width, height = quarter(frame)
    scale = np.tile([width / frame.width, height / frame.height], 2)
    # Rounded outwards, or the edge of a white coat would be in the light.
    edges = np.concatenate([np.floor(boxes * scale)[:, :2], np.ceil(boxes * scale)[:, 2:]], axis=1)
    return np.asarray(edges.clip(0), np.int64)
