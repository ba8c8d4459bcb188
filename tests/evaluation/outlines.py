"""Who stands where in a photo without a map: the booth's own detector and body network, then a careful guess."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.app import Eyes
from appliance.pose import SURE
from appliance.records import FloatArray, Frame, MaskArray
from appliance.vision.garments import VIEW, square_views
from appliance.vision.stopwatch import Stopwatch
from calibration.trials.estimate import estimate_labels
from calibration.trials.labels import Labels, Photo

SURE_SCORE = 0.5
LEAST_HEIGHT = 0.35
"Of the photo's height: smaller people are not what it was taken for."


class Guesser:
    """Estimates label maps; holds the networks."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    def guess(self, photo: Photo) -> Labels:
        """Labels (H, W) of the largest person; all background when nobody large stands free in the photo."""
        frame = Frame(self._eyes.image.upload(photo), photo.shape[1], photo.shape[0], 0.0, 0)
        box = self._largest(frame)
        if box is None:
            return np.zeros(photo.shape[:2], np.uint8)
        return estimate_labels(photo, self._outline(frame, box))

    def _largest(self, frame: Frame) -> FloatArray | None:
        found = self._eyes.detector.detect(frame, Stopwatch())
        heights = found.boxes[:, 3] - found.boxes[:, 1]
        heights = np.where(found.scores >= SURE_SCORE, heights, 0)
        if not len(heights) or heights.max() < LEAST_HEIGHT * frame.height:
            return None
        box: FloatArray = found.boxes[int(np.argmax(heights))]
        return box

    def _outline(self, frame: Frame, box: FloatArray) -> MaskArray:
        """Person mask (H, W) of the whole frame."""
        squares = square_views(box[None])
        views = self._eyes.image.crop(frame, squares, VIEW, VIEW)
        silhouette = self._eyes.body.infer({"image": views}, ("mask",))["mask"][0, 0]
        left, top, right, _ = squares[0].tolist()
        scale = (right - left) / VIEW
        back = np.array([[scale, 0, left], [0, scale, top]])
        return np.asarray(cv2.warpAffine(silhouette, back, (frame.width, frame.height)) > SURE)
