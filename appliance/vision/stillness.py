"""Whether a camera is still: small pictures and where nobody is in, whether it moved out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.vision.edges import sobel

COMPARE_OVER_S = 2.0
"A camera that turns slowly is noticed within this."
MOVED = 0.4
"Of a small pixel, by which many of the steepest change: no wall shakes like that in the wind."
MOST = 0.6
"Of a sharp edge that moves only one of its two sides changes, which is half of its pixels."
SLOPES = 0.2
"Share of the pixels that are compared: the steepest, since a plain wall looks the same from anywhere."
LEAST_SLOPE = 4.0
"Levels a pixel: a plain wall's noise is less."
LEAST_FREE, LEAST_STEEP = 500, 50
"Pixels without people, and steep ones among them, that are needed for it."


class Stillness:
    """Whether the camera is still: a picture of a moment ago to compare with."""

    def __init__(self) -> None:
        self._before: Before | None = None
        self._since_s = -np.inf

    def is_moving(self, picture: NDArray[np.uint8], free: MaskArray, now_s: float) -> bool:
        """Compare a picture (H, W), without people where `free`, with the one of a moment ago."""
        moving = self._before is not None and self._before.shift(picture, free) > MOVED
        if moving or now_s - self._since_s >= COMPARE_OVER_S:
            self._before, self._since_s = Before(picture, free), now_s
        return moving


class Before:
    """A picture to compare later ones with, and where it is steep: across, which tells a turn to the side, and down."""

    def __init__(self, picture: NDArray[np.uint8], free: MaskArray) -> None:
        """`picture` (H, W), without people where `free`."""
        light = picture.astype(np.float32)
        # What people cover is not kept: a camera that is lost leaves this in memory for as long as it is away.
        self._light = np.where(free, light, np.float32(0))
        self._free = free
        across, down = (np.float32(0.125) * np.abs(slope) for slope in sobel(light))
        self._steep = [steepest(across, free & (across > down)), steepest(down, free & (down >= across))]

    def shift(self, picture: NDArray[np.uint8], free: MaskArray) -> float:
        """About how many pixels a later picture moved, across or down, whichever is more; 0 where too little is known.

        Its change by the slope, which MOST of what is steep does not exceed.
        """
        both = free & self._free
        if both.sum() < LEAST_FREE:
            return 0.0
        # A cloud, or the camera's own exposure, changes the light of all by the same factor.
        factor = np.float32(picture[both].mean() / max(self._light[both].mean(), 1.0))
        moved = 0.0
        for places, slope in self._steep:
            seen = both.ravel()[places]
            if seen.sum() >= LEAST_STEEP:
                change = np.abs(picture.ravel()[places] - factor * self._light.ravel()[places])
                moved = max(moved, float(np.quantile((change / slope)[seen], MOST)))
        return moved


def steepest(slope: FloatArray, where: MaskArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Places and slopes of the steepest of a picture (H, W), of which nothing is less than LEAST_SLOPE."""
    if not where.any():
        return np.zeros(0, np.intp), np.zeros(0, np.float32)
    places = np.flatnonzero(where & (slope >= max(float(np.quantile(slope[where], 1 - SLOPES)), LEAST_SLOPE)))
    return places, np.asarray(slope.ravel()[places])
