"""What a technician needs to aim a camera: frames and where people are in; lines, focus and light out, no pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.records import FloatArray, Frame, MaskArray
from appliance.runtime.seam import ImageOps
from appliance.vision.focus import Focus
from appliance.vision.reference import Reference, covered
from appliance.vision.stillness import Stillness

LONGEST_SIDE = 192
"Pixels of the small picture and the drawing: enough for a kerb, too few for a face."
DRAW_EVERY_S = 1.0
DARK, BRIGHT = 16, 248
"Levels where no detail is left: black, and burnt out."


@dataclass(frozen=True)
class Sight:
    """One look through the camera."""

    people: FloatArray
    "Shape (N, 4): left, top, width, height in shares of the picture."
    focus: tuple[float | None, ...]
    in_focus: float | None
    brightness: float
    dark: float
    bright: float
    "Shares of the picture without people, 0..1."
    moving: bool
    lines: MaskArray
    "Shape (H, W)."
    unseen: MaskArray
    "Shape (H, W)."


class Aim:
    """Owner of everything that a session remembers of the street; to forget it is to drop this."""

    def __init__(self, image: ImageOps, frame: Frame) -> None:
        """For a source whose frames are like `frame`."""
        self._image = image
        self._focus = Focus(image)
        longest = max(frame.width, frame.height)
        width, height = (max(1, round(side * LONGEST_SIDE / longest)) for side in (frame.width, frame.height))
        self._reference = Reference(width, height)
        self._drawn: tuple[MaskArray, MaskArray] = self._reference.draw()
        self._drawn_s = -np.inf
        self._still = Stillness()

    def look(self, frame: Frame, shown: FloatArray, hiding: FloatArray, now_s: float) -> Sight:
        """Look once; boxes in pixels: `shown` (N, 4) of people to be drawn, `hiding` (M, 4) wherever one may be."""
        width, height = self._reference.size
        picture = self._image.glance(frame, width, height)
        size = np.tile(np.array([frame.width, frame.height], np.float32), 2)
        free = ~covered(hiding / size, width, height)
        moving = self._still.is_moving(picture, free, now_s)
        if moving:
            self._reference = Reference(width, height)
        else:
            self._reference.add(picture, hiding / size, now_s)
        if moving or now_s - self._drawn_s >= DRAW_EVERY_S:
            self._drawn, self._drawn_s = self._reference.draw(), now_s
        focus = self._focus.look(frame, hiding)
        light = picture[free] if free.any() else np.zeros(1, np.uint8)
        return Sight(
            as_shares(shown, size),
            focus,
            self._focus.of_the_best(),
            float(light.mean()) / 255,
            float((light < DARK).mean()),
            float((light > BRIGHT).mean()),
            moving,
            *self._drawn,
        )


def as_shares(boxes: FloatArray, size: FloatArray) -> FloatArray:
    """Boxes (N, 4) in pixels as left, top, width, height in shares, within the picture."""
    shares = (boxes / size).clip(0, 1)
    return np.concatenate([shares[:, :2], shares[:, 2:] - shares[:, :2]], axis=1)
