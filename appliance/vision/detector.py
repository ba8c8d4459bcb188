"""People in a frame: pixels in, boxes with scores out."""

from __future__ import annotations

from appliance.config import Detector as DetectorSettings
from appliance.records import Detections, Frame
from appliance.runtime.seam import BoxOps, ImageOps, Model
from appliance.vision.stopwatch import Stopwatch


class Detector:
    """PicoDet (arXiv 2111.00902), person class only, at any input size that is a multiple of 32."""

    def __init__(self, settings: DetectorSettings, image: ImageOps, model: Model, boxes: BoxOps) -> None:
        self._settings = settings
        self._image = image
        self._model = model
        self._boxes = boxes

    def detect(self, frame: Frame, stopwatch: Stopwatch) -> Detections:
        """Find the people of one frame, best first."""
        settings, size = self._settings, (frame.width, frame.height)
        with stopwatch.time("letterbox"):
            tensor, scale = self._image.letterbox(frame, settings.width, settings.height)
        with stopwatch.time("detector"):
            seen = self._model.infer({"image": tensor})
        with stopwatch.time("decode"):
            limits = settings.score_floor, settings.overlap
            return Detections(*self._boxes.strongest(seen["boxes"], seen["scores"], scale, size, *limits))
