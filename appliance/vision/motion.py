"""Foretells where people will be: in go boxes seen at moments, out come smoothed and predicted boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MotionSettings:
    """How people move and how detectors err; every length in heights of the person's own box."""

    wander: tuple[float, float, float, float] = (0.5, 0.3, 0.02, 0.05)
    "Spectral density of the acceleration of centre x, centre y, width, height: heights per s^1.5."
    blur: tuple[float, float, float, float] = (0.05, 0.05, 0.08, 0.10)
    "Standard deviation of one detection of centre x, centre y, width, height: heights."
    birth_speed: tuple[float, float, float, float] = (0.8, 0.4, 0.05, 0.1)
    "Standard deviation of the speeds of somebody new: heights per second."
    size_calm_s: float = 1.0
    "Seconds in which a change of size without being seen dies down to a third."
    path_calm_s: float = 4.0
    "Seconds in which a speed without being seen dies down to a third."
    startle: float = 2.0
    "Innovations beyond this many standard deviations are pulled in: half of a body hidden is not a new size."


def measures_from_boxes(boxes: Array) -> Array:
    """Turn (N, 4) left, top, right, bottom into (N, 4) centre x, centre y, width, height; pixels."""
    sizes = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] + sizes / 2, sizes], axis=1)


def boxes_from_measures(measures: Array) -> Array:
    """Undo measures_from_boxes; sizes are kept at one pixel or more."""
    half = np.maximum(measures[:, 2:], 1.0) / 2
    return np.concatenate([measures[:, :2] - half, measures[:, :2] + half], axis=1)


@dataclass
class Motion:
    """One constant-velocity Kalman filter per person and measure, all advanced at once.

    The four measures do not influence each other, so each filter is 2 x 2 and written out by hand; noises
    scale with the person's height (Wojke et al., Simple Online and Realtime Tracking with a Deep Association
    Metric, 2017) and with the time passed, so a dropped frame costs accuracy and not the track.
    """

    where: Array
    "Shape (N, 4): centre x, centre y, width, height; pixels."
    speed: Array
    "Shape (N, 4): their change; pixels per second."
    p_where: Array
    "Shape (N, 4): variance of `where`; pixels^2."
    p_cross: Array
    "Shape (N, 4): covariance of `where` and `speed`; pixels^2/s."
    p_speed: Array
    "Shape (N, 4): variance of `speed`; (pixels/s)^2."

    @classmethod
    def born(cls, measures: Array, settings: MotionSettings) -> Motion:
        """Start filters of people seen once; `measures` has shape (N, 4)."""
        height = measures[:, 3:4]
        return cls(
            measures.copy(),
            np.zeros_like(measures),
            (height * np.asarray(settings.blur)) ** 2,
            np.zeros_like(measures),
            (height * np.asarray(settings.birth_speed)) ** 2,
        )

    def foretell(self, elapsed_s: float, settings: MotionSettings) -> None:
        """Advance everybody by `elapsed_s` >= 0."""
        t = elapsed_s
        calm_s = np.array([settings.path_calm_s] * 2 + [settings.size_calm_s] * 2)
        keep = np.exp(-t / calm_s)
        density = (self.where[:, 3:4] * np.asarray(settings.wander)) ** 2
        self.where = self.where + t * self.speed
        self.speed = self.speed * keep
        self.p_where = self.p_where + 2 * t * self.p_cross + t * t * self.p_speed + density * (t**3 / 3)
        self.p_cross = keep * (self.p_cross + t * self.p_speed) + density * (t * t / 2)
        self.p_speed = keep * keep * self.p_speed + density * t

    def correct(self, rows: NDArray[np.intp], seen: Array, doubt: Array, settings: MotionSettings) -> None:
        """Feed `seen` (M, 4) to people `rows` (M,); `doubt` (M, 1) multiplies the detector's blur."""
        where, speed = self.where[rows], self.speed[rows]
        p, c, v = self.p_where[rows], self.p_cross[rows], self.p_speed[rows]
        noise = (where[:, 3:4] * np.asarray(settings.blur) * doubt) ** 2
        spread = p + noise
        surprise = seen - where
        limit = settings.startle * np.sqrt(spread)
        pull = np.minimum(1.0, limit / np.maximum(np.abs(surprise), 1e-9))
        pull[:, :2] = 1.0
        gain, gain_speed = p / spread, c / spread
        self.where[rows] = where + gain * surprise * pull
        self.speed[rows] = speed + gain_speed * surprise * pull
        self.p_where[rows] = (1 - gain) * p
        self.p_cross[rows] = (1 - gain) * c
        self.p_speed[rows] = v - gain_speed * c

    def keep(self, rows: NDArray[np.bool_]) -> Motion:
        """Return the filters of `rows` (N,) only."""
        return Motion(
            self.where[rows], self.speed[rows], self.p_where[rows], self.p_cross[rows], self.p_speed[rows]
        )

    def join(self, others: Motion) -> Motion:
        """Return these filters followed by `others`."""
        return Motion(
            np.concatenate([self.where, others.where]),
            np.concatenate([self.speed, others.speed]),
            np.concatenate([self.p_where, others.p_where]),
            np.concatenate([self.p_cross, others.p_cross]),
            np.concatenate([self.p_speed, others.p_speed]),
        )
