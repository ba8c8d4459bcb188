"""Exceptions by shape: a shot in, the same person in an unusual garment of quiet colours, or in a vest or sash, out."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.records import MaskArray
from calibration.trials.brush import axis_of, body_plane, dye, head_zone, overlay, usual_colour
from calibration.trials.canvas import Canvas
from calibration.trials.fabric import Cloth
from calibration.trials.labels import CLOTHING, GARMENTS, PERSON, Label, Shot, where
from calibration.trials.outlines import Polygon, limb, trunk
from calibration.trials.palette import Colour, from_hsv
from calibration.trials.skeleton import SIDES

QUIETEST = 60
"Largest saturation (HSV) of a quiet costume."


def quiet_colour(shot: Shot, rng: np.random.Generator) -> Colour:
    """One of the photo's own clothes colours, its saturation cut and its light kept off black and white."""
    worn = [label for label in CLOTHING if (shot.labels == label).any()] or [Label.UPPER]
    colour = usual_colour(shot.photo, shot.labels == worn[int(rng.integers(len(worn)))])
    hue, saturation, value = cv2.cvtColor(np.array([[colour]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0].tolist()
    return from_hsv(2 * hue, min(saturation, QUIETEST), int(np.clip(value, 45, 190)))


def cape(shot: Shot, rng: np.random.Generator) -> Shot:
    """A cape hung from the shoulders: behind the body, and over both arms."""
    hem, cloth = float(rng.uniform(0.68, 0.9)), Cloth(quiet_colour(shot, rng))
    (_, top, _, height), middle = axis_of(shot.labels)
    shoulder, spread = 0.125 * height, float(rng.uniform(0.2, 0.26)) * height
    rows = [top + 0.16 * height, top + 0.2 * height, top + hem * height]
    back = trunk(rows, [0.05 * height, shoulder, spread], middle, middle)

    def hang(canvas: Canvas) -> None:
        canvas.lay([back], Label.FULL, cloth, 0.007)

    def drape(canvas: Canvas) -> None:
        for side in SIDES:
            canvas.lay([_panel(top, height, middle, side, spread)], Label.FULL, cloth, 0.007)

    behind = overlay(shot, hang, where(shot.labels, PERSON), rng)
    return overlay(behind, drape, head_zone(shot.labels), rng)


def _panel(top: float, height: float, middle: float, side: int, spread: float) -> Polygon:
    """One front panel of a cape, from the neck over the shoulder to the hip."""
    x = np.array([0.04, 0.065, 0.11, 0.085, 0.1]) * height
    y = np.array([0.165, 0.165, 0.19, 0.38, 0.6])
    inner, outer = [x[0], x[3] * 0.9, x[4]], [x[1], x[2] * 1.15, (x[2] + spread) / 2, spread * 0.92]
    downs = np.array([y[0], y[3], y[4], 0.62, y[3], y[2], y[1]]) * height + top
    across = np.array([*inner, outer[3], outer[2], outer[1], outer[0]])
    return np.stack([middle + side * across, downs], axis=1)


def tutu(shot: Shot, rng: np.random.Generator) -> Shot:
    """A stiff wide skirt about the hips."""
    cloth = Cloth(quiet_colour(shot, rng))
    (_, top, _, height), middle = axis_of(shot.labels)
    wide, hem = float(rng.uniform(0.2, 0.27)) * height, float(rng.uniform(0.58, 0.66))
    rows = [top + share * height for share in (0.39, 0.44, 0.52, hem)]
    skirt = trunk(rows, [0.075 * height, 0.65 * wide, 0.9 * wide, wide], middle, middle)
    return overlay(shot, lambda canvas: canvas.lay([skirt], Label.LOWER, cloth, 0.012), _nothing(shot), rng)


def huge_trousers(shot: Shot, rng: np.random.Generator) -> Shot:
    """Trousers of which each leg is as wide as the hips."""
    cloth = Cloth(quiet_colour(shot, rng))
    (_, top, _, height), middle = axis_of(shot.labels)
    wide = float(rng.uniform(0.09, 0.13)) * height

    def paint(canvas: Canvas) -> None:
        for side in SIDES:
            ankle = middle + side * wide * 1.12
            rows = [top + share * height for share in (0.46, 0.56, 0.965)]
            leg = trunk(rows, [0.05 * height, 0.06 * height, wide], middle + side * 0.04 * height, ankle)
            canvas.lay([leg], Label.LOWER, cloth, 0.009)

    return overlay(shot, paint, head_zone(shot.labels), rng)


def robe(shot: Shot, rng: np.random.Generator) -> Shot:
    """A robe from the shoulders to the floor, sleeves and all."""
    cloth = Cloth(quiet_colour(shot, rng))
    (_, top, _, height), middle = axis_of(shot.labels)
    dyed = Shot(dye(shot, where(shot.labels, GARMENTS), cloth, rng), shot.labels)
    rows = [top + share * height for share in (0.165, 0.2, 0.4, 0.975)]
    hem = float(rng.uniform(0.16, 0.21))
    gown = trunk(rows, [0.05 * height, 0.105 * height, 0.105 * height, hem * height], middle, middle)
    return overlay(
        dyed, lambda canvas: canvas.lay([gown], Label.FULL, cloth, 0.008), head_zone(shot.labels), rng
    )


def one_piece(shot: Shot, rng: np.random.Generator) -> Shot:
    """A baggy suit of one piece in beige, brown or grey, with a hood at the neck and over the shoes."""
    colours: list[Colour] = [(196, 178, 146), (140, 120, 98), (132, 132, 134)]
    cloth = Cloth(colours[int(rng.integers(len(colours)))])
    (_, top, _, height), middle = axis_of(shot.labels)
    worn = where(shot.labels, CLOTHING) | (shot.labels == Label.SKIN) & ~head_zone(shot.labels)
    suit = Shot(dye(shot, worn, cloth, rng), np.where(worn, Label.FULL, shot.labels).astype(np.uint8))
    collar = [np.array([middle + side * 0.05 * height, top + 0.175 * height]) for side in SIDES]
    hood = limb(collar[0], collar[1], 0.025 * height, 0.025 * height)
    seat = trunk(
        [top + share * height for share in (0.2, 0.45, 0.6)],
        [0.09 * height, 0.115 * height, 0.11 * height],
        middle,
        middle,
    )

    def paint(canvas: Canvas) -> None:
        for side in SIDES:
            leg = trunk([top + share * height for share in (0.5, 0.6, 0.85, 0.97)],
                        [0.05 * height, 0.062 * height, 0.058 * height, 0.04 * height],
                        middle + side * 0.045 * height, middle + side * 0.06 * height)  # fmt: skip
            canvas.lay([leg], Label.FULL, cloth, 0.006)
        canvas.lay([seat], Label.FULL, cloth, 0.006)
        canvas.lay([hood], Label.FULL, cloth, 0.005)

    return overlay(suit, paint, head_zone(shot.labels), rng)


def hi_vis(shot: Shot, rng: np.random.Generator) -> Shot:
    """A road worker's vest with two reflecting bands."""
    _, v = body_plane(shot.labels)
    vest = where(shot.labels, (Label.UPPER, Label.FULL)) & (v < 0.55)
    bands = vest & ((np.abs(v - 0.33) < 0.017) | (np.abs(v - 0.42) < 0.017))
    bright = [from_hsv(66, 225, 250), from_hsv(22, 230, 250)][int(rng.integers(2))]
    dyed = Shot(dye(shot, vest, Cloth(bright), rng), shot.labels)
    return Shot(dye(dyed, bands, Cloth((214, 214, 216)), rng), shot.labels)


def sash(shot: Shot, rng: np.random.Generator) -> Shot:
    """A strongly coloured sash from one shoulder to the other hip."""
    (_, top, _, height), middle = axis_of(shot.labels)
    side = SIDES[int(rng.integers(2))]
    start = np.array([middle + side * 0.08 * height, top + 0.2 * height])
    end = np.array([middle - side * 0.08 * height, top + 0.52 * height])
    cloth = Cloth(from_hsv(float(rng.uniform(0, 360)), 215, 225))
    band = limb(start, end, 0.032 * height, 0.032 * height)
    off = ~where(shot.labels, GARMENTS)
    return overlay(shot, lambda canvas: canvas.lay([band], Label.UPPER, cloth, 0.004), off, rng)


def _nothing(shot: Shot) -> MaskArray:
    return np.zeros(shot.labels.shape, np.bool_)
