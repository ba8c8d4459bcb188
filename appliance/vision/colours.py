"""Everyday names of colours: Lab in, one of the vocabulary's colours out; and a table for whole pictures."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vocabulary import COLOURS


def colour_name(light: float, green_red: float, blue_yellow: float) -> str:
    """Everyday name of a Lab colour: light 0..100, the other two about -128..127."""
    chroma = float(np.hypot(green_red, blue_yellow))
    if chroma < 13:
        return "black" if light < 28 else "white" if light > 78 else "grey"
    angle = float(np.degrees(np.arctan2(blue_yellow, green_red)) % 360)
    if angle < 20 or angle >= 335:
        return "pink" if light > 55 else "red"
    if angle < 75:
        return warm_name(light, chroma, angle)
    if angle < 110:
        return "beige" if chroma < 28 and light > 50 else "yellow" if light > 45 else "brown"
    if angle < 180:
        return "green"
    if angle < 235:
        return "cyan"
    return "blue" if angle < 315 else "purple"


def warm_name(light: float, chroma: float, angle: float) -> str:
    """Names between red and yellow, where dark turns to brown and pale to beige."""
    if chroma < 28:
        return "beige" if light > 60 else "brown"
    if angle < 45 or (angle < 60 and chroma > 55 and light < 50):
        return "red"  # the strongest reds lean to yellow in Lab: sRGB (255, 0, 0) lies at 40 degrees
    return "orange" if light > 45 else "brown"


@lru_cache(maxsize=1)
def colour_table() -> NDArray[np.uint8]:
    """Place in COLOURS of every colour by the upper five bits of R, G, B, shape (32768,)."""
    steps = (np.arange(32, dtype=np.uint8) << 3) + 4
    red, green, blue = np.meshgrid(steps, steps, steps, indexing="ij")
    rgb = np.stack([red, green, blue], axis=-1).reshape(1, -1, 3)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    return np.array([COLOURS.index(colour_name(*point)) for point in lab.tolist()], np.uint8)
