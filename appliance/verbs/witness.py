"""The booth's eyes on test photos: one photo and where the person stands in, what was measured or why not, out."""

from __future__ import annotations

import numpy as np

from appliance.app import Eyes
from appliance.geometry import iou
from appliance.records import FloatArray, Frame
from appliance.verbs.people import PHOTO_SCORE
from appliance.vision.light import Light
from appliance.vision.photo import describe_people
from appliance.vision.stopwatch import Stopwatch
from calibration.audit.masking import mask_comes_first
from calibration.audit.sight import NOBODY, Corners, Seen
from calibration.trials.labels import Photo

SAME_PERSON = 0.3
"Least overlap of a found person with the known one."


class Witness:
    """Looks at test photos with everything the booth has; keeps nothing of them."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    def see(self, photo: Photo, box: Corners | None) -> Seen:
        """What the booth measures of the person in `box`, or of the largest one."""
        frame, boxes = self._find(photo)
        row = chosen(boxes, box)
        if row is None:
            return Seen({}, NOBODY)
        gains = Light(self._eyes.image).gains(frame, boxes)
        (passage,) = describe_people(
            frame, boxes[row : row + 1], gains, self._eyes.garments, self._eyes.descriptor
        )
        return Seen(passage.measures, passage.abstained)

    def mask_holds(self, photo: Photo, box: Corners | None, seed: int) -> bool | None:
        """Whether noise behind the mask leaves the descriptor as it is; None where nobody could be masked.

        It takes eyes of the CPU wing: see calibration/audit/masking.py.
        """
        frame, boxes = self._find(photo)
        row = chosen(boxes, box)
        if row is None:
            return None
        rng = np.random.default_rng(seed)
        eyes = self._eyes
        return mask_comes_first(eyes.image, eyes.body, eyes.bodies, eyes.descriptor, frame, boxes[row], rng)

    def _find(self, photo: Photo) -> tuple[Frame, FloatArray]:
        frame = Frame(self._eyes.image.upload(photo), photo.shape[1], photo.shape[0], 0.0, 0)
        found = self._eyes.detector.detect(frame, Stopwatch())
        return frame, found.boxes[found.scores >= PHOTO_SCORE]


def chosen(boxes: FloatArray, known: Corners | None) -> int | None:
    """Row of the box (N, 4) that overlaps the known one most, and enough; of the largest where none is known."""
    if not len(boxes):
        return None
    if known is None:
        return int(np.argmax((boxes[:, 2:] - boxes[:, :2]).prod(axis=1)))
    fits = iou(boxes, np.array([known], np.float32))[:, 0]
    return int(np.argmax(fits)) if fits.max() >= SAME_PERSON else None
