"""Everyday names of colours: Lab in, one of the vocabulary's colours out; and where the histogram's bins lie."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from appliance.vision.beta import Figures

LIGHT_BINS, AB_BINS = 6, 8
AB_LOW, AB_HIGH = 78.0, 188.0
"Geometry of the Lab histograms in runtime/cpu/measures.py."


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
def bin_middles() -> Figures:
    """Lab of the middle of each of the 384 bins of one stripe, shape (384, 3), in the order of the histogram."""
    width = (AB_HIGH - AB_LOW) / AB_BINS
    lights = [(i + 0.5) * 100 / LIGHT_BINS for i in range(LIGHT_BINS)]
    axis = [AB_LOW + (i + 0.5) * width - 128 for i in range(AB_BINS)]
    return np.array([(light, a, b) for light in lights for a in axis for b in axis])


@lru_cache(maxsize=1)
def bin_neighbours() -> Figures:
    """1 where two bins touch or are the same, else 0: shape (384, 384). A garment in light and shade fills several."""
    steps = (100 / LIGHT_BINS, (AB_HIGH - AB_LOW) / AB_BINS, (AB_HIGH - AB_LOW) / AB_BINS)
    places = bin_middles() / steps
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    return np.asarray(apart < 1.5, np.float64)
