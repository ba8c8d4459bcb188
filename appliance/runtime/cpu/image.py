"""Geometry on pixels with OpenCV: frames in, tensors, crops and masked cuts out."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, Frame, IntArray, MaskArray
from appliance.runtime.looks import (
    GREY,
    GREY_LIGHT,
    GREY_SPREAD,
    HIGHLIGHT,
    LEAST_FREE,
    LEAST_SPREAD,
    LIGHT_OFFSET,
    RELIEF_SIDE,
    RELIEF_SIGMA,
    fit,
    quarter,
    quarter_edges,
    whole_edges,
)

Scalar = TypeVar("Scalar", bound=np.generic)
Pixels = NDArray[np.uint8]


class CpuImageOps:
    """ImageOps of the CPU wing. Owner: one thread; the letterbox tensor is reused from call to call."""

    def __init__(self) -> None:
        self._canvas: Pixels = np.empty((1, 0, 0, 3), np.uint8)
        self._fitted = (0, 0)

    def upload(self, rgb: Pixels) -> Pixels:
        """Take host pixels (H, W, 3) as a frame's pixels; the CPU needs no copy."""
        return rgb

    def letterbox(self, frame: Frame, width: int, height: int) -> tuple[Pixels, float]:
        """See ImageOps.letterbox. The grey border is painted only when the geometry changes."""
        scale, columns, rows = fit(frame, width, height)
        if self._canvas.shape[1:3] != (height, width) or (rows, columns) != self._fitted:
            self._canvas = np.full((1, height, width, 3), GREY, np.uint8)
            self._fitted = (rows, columns)
        inside = self._canvas[0, :rows, :columns]
        cv2.resize(frame.pixels, (columns, rows), dst=inside, interpolation=cv2.INTER_LINEAR)
        return self._canvas, scale

    def crop(self, frame: Frame, boxes: FloatArray, width: int, height: int) -> Pixels:
        """See ImageOps.crop."""
        crops = np.empty((len(boxes), height, width, 3), np.uint8)
        for row, box in enumerate(boxes):
            crops[row] = stretch(cutout(frame, box), width, height)
        return crops

    def glance(self, frame: Frame, width: int, height: int) -> Pixels:
        """See ImageOps.glance."""
        small = stretch(np.asarray(frame.pixels), width, height)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)

    def highlights(self, frame: Frame, boxes: FloatArray) -> FloatArray:
        """See ImageOps.highlights."""
        width, height = quarter(frame)
        small = stretch(np.asarray(frame.pixels), width, height)
        free = np.ones((height, width), np.bool_)
        for left, top, right, bottom in quarter_edges(frame, boxes).tolist():
            free[top:bottom, left:right] = False
        still = small[free] if free.mean() > LEAST_FREE else small.reshape(-1, 3)
        return np.asarray(np.quantile(still, HIGHLIGHT, axis=0), np.float32)

    def relief(self, cuts: Pixels, masks: MaskArray) -> Pixels:
        """See ImageOps.relief."""
        reliefs = np.full(cuts.shape, GREY, np.uint8)
        for relief, cut, mask in zip(reliefs, cuts, masks, strict=True):
            relief[mask] = normal_greys(cut[mask])[:, None]
            cv2.GaussianBlur(relief, (RELIEF_SIDE, RELIEF_SIDE), RELIEF_SIGMA, dst=relief)
        return reliefs

    def sharpness(self, crops: Pixels, rows: IntArray) -> FloatArray:
        """See ImageOps.sharpness."""
        return np.array([detail(crops[row]) for row in rows.tolist()], np.float32).reshape(len(rows))

    def cut(
        self,
        frame: Frame,
        boxes: FloatArray,
        masks: MaskArray,
        rows: IntArray,
        gains: FloatArray,
        width: int,
        height: int,
    ) -> tuple[Pixels, MaskArray]:
        """See ImageOps.cut."""
        cuts = np.zeros((len(boxes), height, width, 3), np.uint8)
        kept = np.zeros((len(boxes), height, width), np.bool_)
        for place, (box, row) in enumerate(zip(boxes, rows.tolist(), strict=True)):
            mask = masks[row]
            down, across = span(mask.any(axis=1)), span(mask.any(axis=0))
            tight, inside = part_of(box, mask.shape, down, across), mask[down, across]
            pixels = cutout(frame, tight)
            native = stretch(inside.astype(np.float32), pixels.shape[1], pixels.shape[0]) > 0.5
            # Hidden pixels go before the resize, or they would bleed into the garment's edge.
            hidden = np.where(native[..., None], pixels, 0).astype(np.float32)
            weight = stretch(native.astype(np.float32), width, height)
            kept[place] = weight > 0.5
            colour = stretch(hidden, width, height) * gains / np.maximum(weight, 1e-3)[..., None]
            cuts[place] = np.where(kept[place][..., None], np.clip(np.rint(colour), 0, 255), 0)
        return cuts, kept


def normal_greys(pixels: Pixels) -> Pixels:
    """Pixels (M, 3) as M greys whose logarithmic light has a fixed mean and spread."""
    light = np.log(pixels.astype(np.float32).mean(axis=-1) + LIGHT_OFFSET)
    spread = max(float(light.std()), LEAST_SPREAD) if len(light) else LEAST_SPREAD
    greys = (light - light.mean()) * (GREY_SPREAD / spread) + GREY_LIGHT if len(light) else light
    return np.asarray(np.rint(greys).clip(0, 255), np.uint8)


def part_of(box: FloatArray, shape: tuple[int, ...], rows: slice, columns: slice) -> FloatArray:
    """The box (4,) in the frame of some rows and columns of a mask of `shape` that lies over `box`."""
    step_x, step_y = (box[2] - box[0]) / shape[1], (box[3] - box[1]) / shape[0]
    corners = (columns.start * step_x, rows.start * step_y, columns.stop * step_x, rows.stop * step_y)
    return np.asarray(corners, np.float32) + np.tile(box[:2], 2)


def cutout(frame: Frame, box: FloatArray) -> Pixels:
    """Pixels of one box (4,) at the frame's own scale, at least one; what lies outside the frame is grey."""
    left, top, right, bottom = whole_edges(box[None])[0].tolist()
    inside = frame.pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if inside.size == 0:
        return np.full((1, 1, 3), GREY, np.uint8)
    above, before = max(-top, 0), max(-left, 0)
    below = bottom - max(top, 0) - inside.shape[0]
    behind = right - max(left, 0) - inside.shape[1]
    if not (above or below or before or behind):
        return np.asarray(inside, np.uint8)
    border = (above, below, before, behind, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.copyMakeBorder(inside, *border, value=(GREY, GREY, GREY)), np.uint8)


def stretch(picture: NDArray[Scalar], width: int, height: int) -> NDArray[Scalar]:
    """Resize (H, W[, 3]) without keeping the aspect; averages when it shrinks, so that pattern does not alias."""
    shrinks = picture.shape[0] > height or picture.shape[1] > width
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized: NDArray[Scalar] = cv2.resize(picture, (width, height), interpolation=method)
    return resized


def span(line: MaskArray) -> slice:
    """First to last True of a line (L,); the whole line when none is True."""
    hits = np.flatnonzero(line)
    return slice(int(hits[0]), int(hits[-1]) + 1) if len(hits) else slice(0, len(line))


def detail(crop: Pixels) -> float:
    """Variance of the Laplacian of a crop's grey levels (Pech-Pacheco et al. 2000): low when blurred."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())
