"""Who stands where in a photo without a map: the booth's own detector and matte network, then a careful guess."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.app import Eyes
from appliance.config import Settings
from appliance.records import FloatArray, Frame, MaskArray
from appliance.runtime.seam import Model
from appliance.vision.stopwatch import Stopwatch
from calibration.trials.estimate import estimate_labels
from calibration.trials.labels import Labels, Photo
from engines.manifest import model_file

SURE_SCORE = 0.5
LEAST_HEIGHT = 0.35
"Of the photo's height: smaller people are not what it was taken for."
PAD = 0.08
MATTE_SIZE = 192, 384
SURE = 0.5


class Guesser:
    """Estimates label maps; holds the networks."""

    def __init__(self, eyes: Eyes, settings: Settings) -> None:
        self._eyes = eyes
        self._matte: Model = eyes.wing.model(model_file("modnet"), settings.detector.threads)

    def guess(self, photo: Photo) -> Labels:
        """Labels (H, W) of the largest person; all background when nobody large stands free in the photo."""
        box = self._largest(photo)
        if box is None:
            return np.zeros(photo.shape[:2], np.uint8)
        return estimate_labels(photo, self._outline(photo, box))

    def _largest(self, photo: Photo) -> FloatArray | None:
        frame = Frame(self._eyes.image.upload(photo), photo.shape[1], photo.shape[0], 0.0, 0)
        found = self._eyes.detector.detect(frame, Stopwatch())
        heights = found.boxes[:, 3] - found.boxes[:, 1]
        heights = np.where(found.scores >= SURE_SCORE, heights, 0)
        if not len(heights) or heights.max() < LEAST_HEIGHT * photo.shape[0]:
            return None
        box: FloatArray = found.boxes[int(np.argmax(heights))]
        return box

    def _outline(self, photo: Photo, box: FloatArray) -> MaskArray:
        """Person mask (H, W) inside the padded box."""
        margin = np.tile((box[2:] - box[:2]) * PAD, 2) * [-1, -1, 1, 1]
        size = photo.shape[1], photo.shape[0]
        left, top, right, bottom = (box + margin).clip(0, np.tile(size, 2)).astype(int).tolist()
        crop = cv2.resize(photo[top:bottom, left:right], MATTE_SIZE, interpolation=cv2.INTER_AREA)
        matte = self._matte.infer({"input": self._eyes.image.network_input(crop[None])})["output"][0, 0]
        mask = np.zeros(photo.shape[:2], np.bool_)
        mask[top:bottom, left:right] = cv2.resize(matte, (right - left, bottom - top)) > SURE
        return mask
