"""Why an outfit stands out, in words: its vectors and the nearest prototypes in, at most three words out."""

from __future__ import annotations

import numpy as np

from appliance.records import FloatArray

STRIPES, LIGHT_BINS, AB_BINS = 4, 6, 8
AB_LOW, AB_HIGH = 78.0, 188.0
"Geometry of the stripes measure, see runtime/cpu/measures.py."
SLOPES = 9
"Where the slope figures begin among the 18 of a stripe: |Sobel x|, |Sobel y|, diagonal, for three scales."
PARTS = ("upper", "upper", "lower", "lower")
STRIPED = 0.35
"Difference of the log slopes across and down from which a pattern has a direction."


def reasons(
    surprises: dict[str, float], measures: dict[str, FloatArray], usual: dict[str, FloatArray]
) -> tuple[str, ...]:
    """Words for one passage. `surprises`: nats by measure; `measures` and `usual`: raw vectors (D,) by measure.

    The measure that surprised most speaks first; the colour that exceeds the usual most is always named.
    """
    colour = colour_words(measures["stripes"], usual["stripes"])
    if surprises["texture"] >= max(surprises.values()):
        return (pattern_word(measures["texture"], usual["texture"]), *colour)
    return colour


def colour_words(stripes: FloatArray, usual: FloatArray) -> tuple[str, str]:
    """The colour, and the part of the body, where the share of cloth exceeds the usual most."""
    excess = (stripes**2 - usual**2).reshape(STRIPES, -1)
    by_part: dict[str, dict[str, float]] = {"upper": {}, "lower": {}}
    for stripe, part in enumerate(PARTS):
        for bin_, name in enumerate(BIN_NAMES):
            by_part[part][name] = by_part[part].get(name, 0.0) + float(excess[stripe, bin_])
    best = {part: max(shares, key=lambda name: shares[name]) for part, shares in by_part.items()}
    if best["upper"] == best["lower"]:
        return best["upper"], "whole"
    part = max(best, key=lambda part: by_part[part][best[part]])
    return best[part], part


def pattern_word(texture: FloatArray, usual: FloatArray) -> str:
    """plain, striped or patterned: more or less structure than usual, with or without a direction."""
    figures, known = texture.reshape(STRIPES, -1), usual.reshape(STRIPES, -1)
    if figures.mean() < known.mean():
        return "plain"
    slopes = figures[:, SLOPES:].reshape(STRIPES, 3, 3)
    direction = np.abs(slopes[..., 0] - slopes[..., 1]).mean()
    return "striped" if direction > STRIPED else "patterned"


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


def bin_names() -> tuple[str, ...]:
    """Colour name of each of the 384 bins of one stripe, in the order of the histogram."""
    width = (AB_HIGH - AB_LOW) / AB_BINS
    lights = [(i + 0.5) * 100 / LIGHT_BINS for i in range(LIGHT_BINS)]
    axis = [AB_LOW + (i + 0.5) * width - 128 for i in range(AB_BINS)]
    return tuple(colour_name(light, a, b) for light in lights for a in axis for b in axis)


BIN_NAMES = bin_names()
