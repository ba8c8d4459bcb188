"""What must not matter about a view: a shot in, the same moment under other light or from another crop out."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.trials import light
from calibration.trials.brush import Edit, axis_of
from calibration.trials.labels import Shot, box_of, to_photo


def brightness(gain: float) -> Edit:
    """All pixels times `gain`."""
    return lambda shot, _: Shot(light.brighten(shot.photo, gain), shot.labels)


def white_balance(warmth: float) -> Edit:
    """Red times 1 + warmth, blue times 1 - warmth."""
    return lambda shot, _: Shot(light.warm(shot.photo, warmth), shot.labels)


def blurred(shot: Shot, _: np.random.Generator) -> Shot:
    """Out of focus by 1.5 pixels for somebody 700 pixels tall, less for the small."""
    sigma_px = 1.5 * float(np.clip(box_of(shot.labels)[3] / 700, 0.5, 1.0))
    return Shot(light.blur(shot.photo, sigma_px), shot.labels)


def flip(shot: Shot, _: np.random.Generator) -> Shot:
    """Mirrored left to right."""
    return Shot(np.ascontiguousarray(shot.photo[:, ::-1]), np.ascontiguousarray(shot.labels[:, ::-1]))


def half_scale(shot: Shot, _: np.random.Generator) -> Shot:
    """Half as large, as from twice as far away."""
    size = max(1, shot.labels.shape[1] // 2), max(1, shot.labels.shape[0] // 2)
    photo = cv2.resize(shot.photo, size, interpolation=cv2.INTER_AREA)
    return Shot(photo, cv2.resize(shot.labels, size, interpolation=cv2.INTER_NEAREST))


def second_crop(shot: Shot, rng: np.random.Generator) -> Shot:
    """Up to .8 of the room about the person cut away on each side."""
    rows, columns = shot.labels.shape
    x, y, width, height = box_of(shot.labels)
    left, top, right, bottom = (
        (rng.uniform(0, 0.8, 4) * [x, y, columns - x - width, rows - y - height]).astype(int).tolist()
    )
    area = slice(top, rows - bottom), slice(left, columns - right)
    return Shot(shot.photo[area].copy(), shot.labels[area].copy())


def cast_shadow(shot: Shot, rng: np.random.Generator) -> Shot:
    """A building's shadow over half of the person: .5 of the light, a little bluer, along a slanting soft line."""
    (_, top, _, height), middle = axis_of(shot.labels)
    rows, columns = np.mgrid[: shot.labels.shape[0], : shot.labels.shape[1]].astype(np.float32)
    turn = float(rng.uniform(0, 2 * np.pi))
    beyond = (columns - middle) * np.cos(turn) + (rows - top - height / 2) * np.sin(turn)
    share = 1 / (1 + np.exp(-(beyond / max(1.0, 0.012 * height)).clip(-30, 30)))
    gains = np.array([0.48, 0.5, 0.55], np.float32)
    return Shot(to_photo(shot.photo * (1 - share[..., None] * (1 - gains))), shot.labels)
