"""Heads: skin, hair and head covering on a canvas. Hints of a face, like nobody's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.trials.canvas import Canvas
from calibration.trials.fabric import Cloth
from calibration.trials.labels import Label
from calibration.trials.outlines import Point, Polygon, ellipse, limb
from calibration.trials.palette import Colour, monk_tone
from calibration.trials.skeleton import SIDES, Skeleton

Tint = NDArray[np.float64]
"""RGB (3,), 0..255, clipped when painted."""

ACROSS, DOWN = 0.046, 0.066
"Half axes of a head in heights of the person."
HAIR_STYLES = ("bald", "short", "bob", "long", "bun", "afro")
HEADWEAR = ("cap", "beanie", "hat", "hijab", "turban")


@dataclass(frozen=True)
class Head:
    """What a head looks like."""

    tone: int
    "Monk 1 to 10."
    hair: str = "short"
    hair_colour: Colour = (58, 40, 30)
    beard: bool = False
    headwear: str = ""
    cloth: Cloth = Cloth((60, 60, 70))
    "Of the head covering."


def paint_hair_behind(canvas: Canvas, frame: Skeleton, head: Head) -> None:
    """Hair that falls behind the shoulders."""
    lengths = {"long": 0.24, "bob": 0.155}
    if head.hair in lengths and head.headwear != "hijab":
        unit = frame.unit
        end = frame.head + np.array([0, lengths[head.hair] - DOWN]) * unit
        canvas.paint(
            [limb(frame.head, end, 0.058 * unit, 0.052 * unit)], Label.HAIR, Cloth(head.hair_colour), 0.004
        )


def paint_head(canvas: Canvas, frame: Skeleton, head: Head) -> None:
    """Neck, face, hair in front and what is worn on it."""
    unit, at = frame.unit, frame.head
    skin = Cloth(monk_tone(head.tone))
    neck = limb(frame.head, frame.neck + np.array([0, 0.03]) * unit, 0.027 * unit, 0.032 * unit)
    canvas.paint([neck], Label.SKIN, skin, depth=0.03)
    ears = [
        ellipse(at + np.array([side * ACROSS, 0.008]) * unit, 0.009 * unit, 0.016 * unit) for side in SIDES
    ]
    canvas.paint(ears, Label.SKIN, skin, depth=0.01)
    canvas.paint([egg(at, ACROSS * unit, DOWN * unit)], Label.SKIN, skin, depth=0.045)
    _paint_face(canvas, frame, head)
    if head.hair != "bald" and head.headwear not in ("hijab", "turban"):
        _paint_hair(canvas, frame, head)
    if head.headwear:
        _paint_headwear(canvas, frame, head)


def egg(centre: Point, across: float, down: float) -> Polygon:
    """An ellipse whose lower end is narrower: a chin."""
    points = ellipse(np.zeros(2), 1, 1)
    points[:, 0] *= np.where(points[:, 1] > 0, 1 - 0.22 * points[:, 1] ** 2, 1)
    return np.asarray(centre + points * [across, down])


def _paint_face(canvas: Canvas, frame: Skeleton, head: Head) -> None:
    unit, at = frame.unit, frame.head
    tone = np.array(monk_tone(head.tone), float)

    def patch(
        x: float, y: float, across: float, down: float, colour: Tint, label: Label = Label.SKIN
    ) -> None:
        red, green, blue = (int(c) for c in colour.clip(0, 255))
        polygon = ellipse(at + np.array([x, y]) * unit, across * unit, down * unit)
        canvas.paint([polygon], label, Cloth((red, green, blue)), depth=0.02)

    brow = np.minimum(np.array(head.hair_colour) * 0.7, tone * 0.6)
    for side in SIDES:
        patch(side * 0.018, -0.001, 0.0095, 0.0055, tone * 0.82)
        patch(side * 0.018, 0.0, 0.0075, 0.0038, np.array([225.0, 222, 218]))
        patch(side * 0.018, 0.0, 0.0038, 0.0038, np.array([40.0, 28, 22]))
        patch(side * 0.018, -0.011, 0.0105, 0.0025, brow)
    patch(0.003, 0.016, 0.0075, 0.013, tone * 0.93)
    patch(0, 0.026, 0.009, 0.003, tone * 0.68)
    if head.beard:
        patch(0, 0.047, 0.03, 0.02, np.array(head.hair_colour, float), Label.HAIR)
    patch(0, 0.039, 0.0145, 0.0045, tone * [0.8, 0.58, 0.56])


def _crown(frame: Skeleton, grow: float, line: float) -> Polygon:
    """The top of a head, `grow` larger than the skull, down to `line` below its middle (heights)."""
    unit = frame.unit
    points = ellipse(frame.head, (ACROSS + grow) * unit, (DOWN + grow) * unit)
    points[:, 1] = np.minimum(points[:, 1], frame.head[1] + line * unit)
    return points


def _paint_hair(canvas: Canvas, frame: Skeleton, head: Head) -> None:
    unit, at, cloth = frame.unit, frame.head, Cloth(head.hair_colour)
    if head.hair == "afro":
        ring = ellipse(at + np.array([0, -0.03]) * unit, 0.085 * unit, 0.065 * unit)
        ring[:, 1] = np.minimum(ring[:, 1], at[1] - 0.022 * unit)
        canvas.paint([ring], Label.HAIR, cloth, 0.006)
        return
    canvas.paint([_crown(frame, 0.007, -0.026)], Label.HAIR, cloth, 0.004)
    if head.hair == "bun":
        canvas.paint(
            [ellipse(at + np.array([0, -0.08]) * unit, 0.028 * unit, 0.024 * unit)], Label.HAIR, cloth, 0.004
        )
    sides = {"long": 0.16, "bob": 0.075, "short": 0.0, "bun": 0.005}[head.hair]
    strands = [
        limb(
            at + np.array([s * 0.045, -0.03]) * unit,
            at + np.array([s * 0.052, sides]) * unit,
            0.009 * unit,
            0.007 * unit,
        )
        for s in SIDES
    ]
    canvas.paint(strands, Label.HAIR, cloth, 0.003, 0.02)


def _paint_headwear(canvas: Canvas, frame: Skeleton, head: Head) -> None:
    unit, at = frame.unit, frame.head

    def put(*polygons: Polygon) -> None:
        canvas.paint(polygons, Label.HEADWEAR, head.cloth, 0.003)

    if head.headwear == "cap":
        put(_crown(frame, 0.012, -0.024))
        put(ellipse(at + np.array([0, -0.022]) * unit, 0.05 * unit, 0.011 * unit))
    elif head.headwear == "beanie":
        put(_crown(frame, 0.014, -0.014))
    elif head.headwear == "hat":
        put(_crown(frame, 0.016, -0.03))
        put(ellipse(at + np.array([0, -0.028]) * unit, 0.1 * unit, 0.016 * unit))
    elif head.headwear == "turban":
        put(*turban_polygons(at, unit))
    else:
        put(*hijab_polygons(at, unit))
        _paint_face_again(canvas, frame, head)


def turban_polygons(at: Point, unit: float) -> list[Polygon]:
    """Cloth wound about a head whose middle is `at`."""
    wound = ellipse(at + np.array([0, -0.038]) * unit, 0.07 * unit, 0.058 * unit)
    wound[:, 1] = np.minimum(wound[:, 1], at[1] - 0.015 * unit)
    return [wound, ellipse(at + np.array([0.02, -0.03]) * unit, 0.055 * unit, 0.026 * unit, -18)]


def hijab_polygons(at: Point, unit: float) -> list[Polygon]:
    """A scarf about a head whose middle is `at`, falling to the chest."""
    around = egg(at + np.array([0, 0.004]) * unit, 0.063 * unit, 0.082 * unit)
    fall = limb(at + np.array([0, 0.055]) * unit, at + np.array([0, 0.13]) * unit, 0.052 * unit, 0.066 * unit)
    return [around, fall]


def _paint_face_again(canvas: Canvas, frame: Skeleton, head: Head) -> None:
    opening = egg(frame.head + np.array([0, 0.008]) * frame.unit, 0.037 * frame.unit, 0.05 * frame.unit)
    canvas.paint([opening], Label.SKIN, Cloth(monk_tone(head.tone)), depth=0.045)
    _paint_face(canvas, frame, head)
