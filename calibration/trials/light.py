"""What light and lens do to a photo: photo in, photo out; nothing moves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from calibration.trials.labels import Photo, to_photo


@dataclass(frozen=True)
class Light:
    """How a photo was exposed."""

    gain: float = 1.0
    warmth: float = 0.0
    "Share that red gains and blue loses; negative is cool."
    blur_px: float = 0.0
    "Standard deviation."
    noise: float = 0.0
    "Standard deviation, 8-bit steps."


def brighten(photo: Photo, gain: float) -> Photo:
    """All channels times `gain`."""
    return to_photo(photo * np.float32(gain))


def warm(photo: Photo, warmth: float) -> Photo:
    """Red times 1 + warmth, blue times 1 - warmth."""
    gains = np.array([1 + warmth, 1, 1 - warmth], np.float32)
    return to_photo(photo * gains)


def blur(photo: Photo, sigma_px: float) -> Photo:
    """Out of focus; 0 leaves it."""
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma_px), np.uint8) if sigma_px > 0 else photo.copy()


def expose(photo: Photo, light: Light, rng: np.random.Generator) -> Photo:
    """All that a light does, noise last."""
    lit = blur(warm(brighten(photo, light.gain), light.warmth), light.blur_px)
    if light.noise <= 0:
        return lit
    noise = rng.normal(0, light.noise, photo.shape)
    return to_photo(lit + noise)
