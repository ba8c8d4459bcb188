"""Mobility aids, drawn: a place and a size in, polygons with colours out, farthest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.trials.canvas import Canvas
from calibration.trials.fabric import Cloth
from calibration.trials.labels import Label
from calibration.trials.outlines import Point, Polygon, ellipse, limb
from calibration.trials.palette import Colour
from calibration.trials.skeleton import SIDES

STEEL: Colour = (150, 154, 160)
RUBBER: Colour = (34, 34, 36)
GRIP: Colour = (52, 50, 50)
TUBE = 0.012
"How far a tube bulges, in heights of the person."


@dataclass(frozen=True)
class Part:
    """One piece of an aid."""

    polygon: Polygon
    colour: Colour


Maker = Callable[[Point, float, Colour], list[Part]]
"""Middle of the ground under the person, the person's height in pixels, a colour of its own -> parts."""


def paint_aid(canvas: Canvas, parts: list[Part]) -> None:
    """Lay the parts of a mobility aid, in pixels of the canvas, over a picture."""
    for part in parts:
        canvas.paint([part.polygon], Label.AID, Cloth(part.colour), depth=TUBE)


def bar(start: Point, end: Point, wide: float, colour: Colour) -> Part:
    """A tube; `wide` is its radius in pixels."""
    return Part(limb(start, end, wide, wide), colour)


def ring(centre: Point, across: float, down: float, wide: float, colour: Colour) -> list[Part]:
    """A wheel's tyre: short tubes along an ellipse, so that one can look through it."""
    points = ellipse(centre, across, down)
    return [bar(a, b, wide, colour) for a, b in zip(points, np.roll(points, -1, axis=0), strict=True)]


def cane(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """A walking stick beside the person."""
    top, foot = ground + np.array([0.15, -0.47]) * unit, ground + np.array([0.19, 0.0]) * unit
    handle = top + np.array([-0.045, -0.012]) * unit
    return [bar(top, foot, 0.006 * unit, colour), bar(handle, top, 0.009 * unit, GRIP)]


def crutches(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """Two forearm crutches."""
    parts = []
    for side in SIDES:
        foot, top = (
            ground + np.array([side * 0.24, 0.0]) * unit,
            ground + np.array([side * 0.17, -0.62]) * unit,
        )
        grip = ground + np.array([side * 0.185, -0.47]) * unit
        parts += [
            bar(top, foot, 0.007 * unit, colour),
            bar(grip, grip + np.array([side * 0.04, 0]) * unit, 0.009 * unit, GRIP),
        ]
    return parts


def walker(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """A walking frame with wheels in front of the person."""
    parts = []
    for side in SIDES:
        top, foot = (
            ground + np.array([side * 0.15, -0.48]) * unit,
            ground + np.array([side * 0.2, -0.02]) * unit,
        )
        parts += [
            bar(top, foot, 0.008 * unit, colour),
            *ring(foot, 0.012 * unit, 0.03 * unit, 0.008 * unit, RUBBER),
        ]
        parts.append(bar(top, top + np.array([0, -0.015]) * unit, 0.012 * unit, GRIP))
    for share in (-0.33, -0.2):
        parts.append(
            bar(
                ground + np.array([-0.165, share]) * unit,
                ground + np.array([0.165, share]) * unit,
                0.007 * unit,
                colour,
            )
        )
    return parts


def chair_front(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """A pushed or self-driven wheelchair from the front: tyres edge on, frame, footplates."""
    parts = []
    for side in SIDES:
        axle = ground + np.array([side * 0.2, -0.17]) * unit
        parts += ring(axle, 0.018 * unit, 0.17 * unit, 0.009 * unit, RUBBER)
        parts += ring(
            axle + np.array([side * 0.014, 0]) * unit, 0.012 * unit, 0.145 * unit, 0.004 * unit, STEEL
        )
        arm = ground + np.array([side * 0.165, -0.36]) * unit
        parts += [bar(arm, ground + np.array([side * 0.165, -0.14]) * unit, 0.008 * unit, STEEL)]
        parts += [bar(arm, arm + np.array([0, -0.012]) * unit, 0.016 * unit, GRIP)]
        foot = ground + np.array([side * 0.06, -0.025]) * unit
        parts += [bar(ground + np.array([side * 0.12, -0.2]) * unit, foot, 0.007 * unit, STEEL)]
        parts += [
            bar(foot + np.array([-0.035, 0]) * unit, foot + np.array([0.035, 0]) * unit, 0.01 * unit, colour)
        ]
        parts += ring(
            ground + np.array([side * 0.12, -0.04]) * unit, 0.009 * unit, 0.04 * unit, 0.007 * unit, RUBBER
        )
    return parts


def chair_side(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """A wheelchair from the side: one large wheel with spokes, one small, seat and back."""
    axle, caster = ground + np.array([0.07, -0.17]) * unit, ground + np.array([-0.17, -0.05]) * unit
    seat, front = ground + np.array([0.12, -0.25]) * unit, ground + np.array([-0.12, -0.25]) * unit
    parts = [
        bar(seat, front, 0.02 * unit, colour),
        bar(seat, seat + np.array([0.03, -0.22]) * unit, 0.014 * unit, colour),
    ]
    parts += [
        bar(front, caster, 0.008 * unit, STEEL),
        bar(caster, caster + np.array([-0.07, 0.02]) * unit, 0.008 * unit, STEEL),
    ]
    parts += ring(axle, 0.165 * unit, 0.165 * unit, 0.009 * unit, RUBBER)
    parts += ring(axle, 0.145 * unit, 0.145 * unit, 0.004 * unit, STEEL)
    for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        parts.append(
            bar(axle, axle + 0.15 * unit * np.array([np.cos(turn), np.sin(turn)]), 0.0025 * unit, STEEL)
        )
    return parts + ring(caster, 0.045 * unit, 0.045 * unit, 0.008 * unit, RUBBER)


def chair_electric(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """A powered chair from the front: a block on small wheels, arm rests, a stick."""
    parts = [
        bar(
            ground + np.array([-0.09, -0.13]) * unit,
            ground + np.array([0.09, -0.13]) * unit,
            0.075 * unit,
            colour,
        )
    ]
    for side in SIDES:
        parts += [
            bar(
                ground + np.array([side * 0.17, y]) * unit,
                ground + np.array([side * 0.17, y + 0.05]) * unit,
                0.035 * unit,
                RUBBER,
            )
            for y in (-0.09,)
        ]
        rest = ground + np.array([side * 0.17, -0.37]) * unit
        parts += [
            bar(rest, rest + np.array([0, 0.15]) * unit, 0.01 * unit, STEEL),
            bar(rest, rest + np.array([0, -0.01]) * unit, 0.022 * unit, GRIP),
        ]
    stick = ground + np.array([0.17, -0.39]) * unit
    return [*parts, bar(stick, stick + np.array([0, -0.04]) * unit, 0.006 * unit, RUBBER)]


def chair_back(ground: Point, unit: float, colour: Colour) -> list[Part]:
    """What stands behind somebody seated: back rest and push handles."""
    back = bar(
        ground + np.array([-0.1, -0.45]) * unit, ground + np.array([0.1, -0.45]) * unit, 0.06 * unit, colour
    )
    grips = [
        bar(
            ground + np.array([s * 0.14, -0.55]) * unit,
            ground + np.array([s * 0.14, -0.35]) * unit,
            0.01 * unit,
            STEEL,
        )
        for s in SIDES
    ]
    return [*grips, back]


CHAIRS: dict[str, Maker] = {"front": chair_front, "side": chair_side, "electric": chair_electric}
STICKS: dict[str, Maker] = {"cane": cane, "crutches": crutches, "walker": walker}
