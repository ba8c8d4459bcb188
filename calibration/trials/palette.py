"""Colours that trials use: names in, 8-bit RGB out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""

MONK_TONES = (
    "f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420",
)  # fmt: skip
"Monk Skin Tone Scale (Ellis Monk, skintone.google), tones 1 to 10."
HAIR = {
    "black": (28, 24, 24), "dark brown": (58, 40, 30), "brown": (98, 66, 44), "red": (146, 70, 40),
    "blond": (206, 172, 116), "grey": (150, 148, 146), "white": (222, 220, 216),
}  # fmt: skip
DYED_HAIR = {"pink": (224, 110, 168), "blue": (52, 104, 196), "green": (70, 160, 96)}
QUIET = {
    "black": (30, 30, 34), "charcoal": (62, 64, 68), "grey": (128, 130, 132), "light grey": (186, 188, 190),
    "white": (232, 232, 228), "navy": (34, 44, 74), "denim": (70, 96, 138), "pale denim": (140, 164, 192),
    "beige": (202, 184, 152), "brown": (104, 76, 54), "olive": (94, 96, 66), "cream": (230, 220, 196),
}  # fmt: skip
"What most of a street wears."
LIVELY = {
    "burgundy": (108, 28, 44), "red": (178, 42, 44), "mustard": (200, 152, 50), "forest": (38, 84, 60),
    "teal": (36, 110, 118), "sky": (130, 178, 216), "rose": (210, 150, 156), "purple": (98, 66, 130),
    "rust": (164, 84, 48),
}  # fmt: skip
"What some of it wears."
CITY_STONE = (
    (168, 160, 150),
    (146, 120, 104),
    (120, 122, 126),
    (190, 180, 162),
    (134, 92, 78),
    (98, 102, 108),
)


def monk_tone(tone: int) -> Colour:
    """A tone of the Monk scale, 1 (lightest) to 10. Raises ValueError for another number."""
    if not 1 <= tone <= len(MONK_TONES):
        raise ValueError(f"Monk tone {tone}: there are 1 to {len(MONK_TONES)}")
    red, green, blue = bytes.fromhex(MONK_TONES[tone - 1])
    return red, green, blue


def from_hsv(hue_deg: float, saturation: int, value: int) -> Colour:
    """A colour by hue in degrees (any turn), saturation and value 0..255."""
    pixel = np.array([[[int(hue_deg / 2) % 180, saturation, value]]], np.uint8)
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].tolist()
    return red, green, blue


def to_lab(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RGB (H, W, 3) as OpenCV's 8-bit Lab, L and a, b each 0..255, in float."""
    lab: NDArray[np.float32] = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    return lab


def from_lab(lab: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The reverse of to_lab; what is no colour is clipped."""
    bytes_ = np.rint(lab).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(bytes_, cv2.COLOR_LAB2RGB), np.uint8)
