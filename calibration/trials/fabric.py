"""Cloth: colours and a pattern in, its look over a plane out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import MaskArray
from calibration.trials.palette import Colour

Plane = NDArray[np.float32]


class Pattern(str, Enum):
    """How the two colours of a cloth share it."""

    PLAIN = "plain"
    STRIPES = "stripes"
    PINSTRIPES = "pinstripes"
    CHECKS = "checks"
    DOTS = "dots"
    PRINT = "print"
    SPARKLE = "sparkle"


@dataclass(frozen=True)
class Cloth:
    """One fabric."""

    colour: Colour
    second: Colour = (235, 235, 230)
    pattern: Pattern = Pattern.PLAIN
    period: float = 0.045
    "Repeat of the pattern, in heights of the person."
    along: bool = False
    "Stripes run down instead of across."


def weave(cloth: Cloth, u: Plane, v: Plane, rng: np.random.Generator) -> Plane:
    """The cloth at places (u, v), each (H, W) in heights of the person: RGB (H, W, 3), 0..255."""
    share = _second_share(cloth, u, v, rng)[..., None]
    first, second = np.array(cloth.colour, np.float32), np.array(cloth.second, np.float32)
    woven: Plane = (first * (1 - share) + second * share).astype(np.float32)
    if cloth.pattern is Pattern.SPARKLE:
        woven = woven * rng.uniform(0.3, 1.9, (*u.shape, 1)).astype(np.float32)
    return woven.clip(0, 255)


def _second_share(cloth: Cloth, u: Plane, v: Plane, rng: np.random.Generator) -> Plane:
    """How much of the second colour shows, (H, W), 0..1."""
    p = cloth.period
    line = u if cloth.along else v
    hit: MaskArray = np.zeros(u.shape, np.bool_)
    if cloth.pattern is Pattern.STRIPES:
        hit = line % p < p / 2
    elif cloth.pattern is Pattern.PINSTRIPES:
        hit = line % (p / 2) < p / 8
    elif cloth.pattern is Pattern.CHECKS:
        return ((u % p < p / 2) * 0.5 + (v % p < p / 2) * 0.5).astype(np.float32)
    elif cloth.pattern is Pattern.DOTS:
        hit = ((u % p) / p - 0.5) ** 2 + ((v % p) / p - 0.5) ** 2 < 0.09
    elif cloth.pattern is Pattern.PRINT:
        cells = max(2, int(np.ptp(u) / p) + 1), max(2, int(np.ptp(v) / p) + 1)
        hit = smooth_noise(u.shape, cells, rng) > 0.2
    return hit.astype(np.float32)


def smooth_noise(shape: tuple[int, ...], cells: tuple[int, int], rng: np.random.Generator) -> Plane:
    """Clouds of `cells` (across, down) bumps over (H, W), about -1..1."""
    across, down = cells
    coarse = rng.uniform(-1, 1, (down, across)).astype(np.float32)
    cloud: Plane = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return cloud
