"""People in a frame: pixels in, boxes with scores out. The decoding of boxes is written once, here."""

from __future__ import annotations

import numpy as np

from appliance.config import Detector as DetectorSettings
from appliance.records import Detections, FloatArray, Frame, IntArray
from appliance.runtime.seam import ImageOps, Model
from appliance.vision.boxes import iou
from appliance.vision.stopwatch import Stopwatch


class Detector:
    """PicoDet (arXiv 2111.00902), person class only, at any input size that is a multiple of 32."""

    def __init__(self, settings: DetectorSettings, image: ImageOps, model: Model) -> None:
        self._settings = settings
        self._image = image
        self._model = model

    def detect(self, frame: Frame, stopwatch: Stopwatch) -> Detections:
        """Find the people of one frame, best first."""
        with stopwatch.time("letterbox"):
            tensor, scale = self._image.letterbox(frame, self._settings.width, self._settings.height)
        with stopwatch.time("detector"):
            outputs = self._model.infer({"image": tensor})
        with stopwatch.time("decode"):
            boxes, scores = outputs["boxes"][0], outputs["scores"].reshape(-1)
            return decode(boxes, scores, scale, (frame.width, frame.height), self._settings)


def decode(
    boxes: FloatArray,
    scores: FloatArray,
    scale: float,
    size: tuple[int, int],
    settings: DetectorSettings,
) -> Detections:
    """Network boxes (N, 4) in tensor pixels and scores (N,) to detections in pixels of a frame of `size`.

    Boxes below the floor, not finite, or outside the picture go; doubles go by non-maximum suppression.
    """
    strong = np.flatnonzero(scores >= settings.score_floor)  # thousands of cells, a few dozen of them people
    width, height = size
    strong = strong[np.isfinite(boxes[strong]).all(axis=1)]
    clipped = (boxes[strong] * scale).clip(0, np.array([width, height, width, height]))
    kept_scores = scores[strong]
    solid = ((clipped[:, 2:] - clipped[:, :2]) >= 1).all(axis=1)
    clipped, kept_scores = clipped[solid], kept_scores[solid]
    rows = suppress(clipped, kept_scores, settings.overlap)
    return Detections(clipped[rows].astype(np.float32), kept_scores[rows].astype(np.float32))


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
