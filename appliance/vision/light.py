"""The light a camera stands in: what does not move in, gains that make it harmless out. People have no part in it."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray, Frame
from appliance.runtime.seam import ImageOps

WHITE = 245.0
"Value that the brightest of the street is brought to."
GAIN_LIMITS = (0.5, 2.5)
"A dark street without any highlight must not turn grey coats white."
LOOK_EVERY_S = 1.0
FOLLOW_S = 30.0
"Time in which the reference follows a change of light by 63 %: clouds pass slower, passers-by faster."


class Light:
    """Owner of one camera's slowly updated reference. A new source needs a new one."""

    def __init__(self, image: ImageOps) -> None:
        self._image = image
        self._white: FloatArray | None = None
        self._looked_s = -np.inf

    def gains(self, frame: Frame, boxes: FloatArray) -> FloatArray:
        """Factors (3,) for R, G, B that bring this camera's white to WHITE; boxes (N, 4) are the people in view."""
        since_s = frame.captured_s - self._looked_s
        if self._white is None or since_s >= LOOK_EVERY_S or since_s < 0:
            self._look(self._image.highlights(frame, boxes), max(since_s, 0.0))
            self._looked_s = frame.captured_s
        assert self._white is not None
        return np.clip(WHITE / np.maximum(self._white, 1), *GAIN_LIMITS).astype(np.float32)

    def _look(self, seen: FloatArray, since_s: float) -> None:
        if self._white is None:
            self._white = seen
        else:
            share = np.float32(1 - np.exp(-since_s / FOLLOW_S))
            self._white = self._white + share * (seen - self._white)
