"""Foretells where people will be: in go boxes seen at moments, out come smoothed and predicted boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.geometry import Array, boxes_from_measures, measures_from_boxes

PerMeasure = tuple[float, float, float, float]
"Centre x, centre y, width, height."


@dataclass(frozen=True)
class MotionSettings:
    """How people move and how detectors err; every length in heights of the person's own box."""

    wander: PerMeasure = (0.4, 0.25, 0.08, 0.15)
    "Root of the spectral density of the acceleration: heights per s^1.5."
    blur: PerMeasure = (0.05, 0.05, 0.08, 0.10)
    "Standard deviation of one detection: heights."
    birth_speed: PerMeasure = (1.0, 0.5, 0.15, 0.3)
    "Standard deviation of the speeds of somebody new: heights per second."
    calm_s: PerMeasure = (6.0, 6.0, 1.0, 1.0)
    "Seconds in which a speed that nobody confirms dies down to a third."
    startle: float = 2.0
    "Sizes may surprise by this many standard deviations: half a body hidden is not a new size."


class Motion:
    """One constant-velocity Kalman filter per person and measure, all advanced at once.

    The four measures do not influence each other, so each filter is 2 x 2 and written out by hand. Noises
    scale with the person's height (Wojke et al., Simple Online and Realtime Tracking with a Deep Association
    Metric, 2017) and with the time passed, so a dropped frame costs accuracy and not the track.
    """

    def __init__(self, settings: MotionSettings) -> None:
        self._settings = settings
        # Five planes of (N, 4): value and speed of the measures, then variance of the value, covariance of
        # value and speed, variance of the speed. Pixels, seconds and their products.
        self._state: Array = np.zeros((5, 0, 4))

    @property
    def measures(self) -> Array:
        """Centre x, centre y, width, height in pixels, shape (N, 4)."""
        return np.asarray(self._state[0])

    def boxes(self) -> Array:
        """Left, top, right, bottom in pixels, shape (N, 4)."""
        return boxes_from_measures(self._state[0])

    def add(self, boxes: Array) -> None:
        """Follow (N, 4) boxes of people seen once, in rows behind those that are there."""
        s, value = self._settings, measures_from_boxes(boxes)
        height, none = value[:, 3:], np.zeros_like(value)
        born = [value, none, (height * s.blur) ** 2, none, (height * s.birth_speed) ** 2]
        self._state = np.concatenate([self._state, np.stack(born)], axis=1)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Forget everybody outside `rows` (N,)."""
        self._state = self._state[:, rows]

    def foretell(self, elapsed_s: float) -> None:
        """Advance everybody by `elapsed_s` >= 0."""
        t, s = elapsed_s, self._settings
        value, speed, p, c, v = self._state
        stay = np.exp(-t / np.asarray(s.calm_s))
        density = (value[:, 3:] * s.wander) ** 2
        self._state = np.stack(
            [
                value + t * speed,
                speed * stay,
                p + 2 * t * c + t * t * v + density * (t**3 / 3),
                stay * (c + t * v) + density * (t * t / 2),
                stay * stay * v + density * t,
            ]
        )

    def shift(self, by_px: Array) -> None:
        """Move everybody by (2,) pixels x and y, because the camera moved."""
        self._state[0, :, :2] += by_px

    def correct(self, rows: NDArray[np.intp], seen: Array, doubt: Array) -> None:
        """Feed the boxes `seen` (M, 4) to people `rows` (M,); `doubt` (M,) multiplies the detector's blur."""
        s = self._settings
        value, speed, p, c, v = self._state[:, rows]
        spread = p + (value[:, 3:] * s.blur * doubt[:, None]) ** 2
        surprise = measures_from_boxes(seen) - value
        most = s.startle * np.sqrt(spread[:, 2:])
        surprise[:, 2:] = np.clip(surprise[:, 2:], -most, most)
        gain, gain_speed = p / spread, c / spread
        self._state[:, rows] = (
            value + gain * surprise,
            speed + gain_speed * surprise,
            (1 - gain) * p,
            (1 - gain) * c,
            v - gain_speed * c,
        )
