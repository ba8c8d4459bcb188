"""Cuts of garments: a skeleton and a cut in, the polygons that it covers out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.trials.labels import Label
from calibration.trials.outlines import Point, Polygon, limb, trunk
from calibration.trials.skeleton import SIDES, Skeleton

BODY_ROWS = (0.17, 0.185, 0.21, 0.26, 0.39, 0.48, 0.53)
BODY_HALVES = (0.045, 0.09, 0.108, 0.09, 0.074, 0.088, 0.086)
"Half widths of an average body at those shares of its height."


@dataclass(frozen=True)
class Top:
    """What hangs from the shoulders. Lengths in heights of the person."""

    hem: float
    "Where it ends below the crown."
    ease: float = 0.006
    "Room beside the body."
    sleeve: float = 1.0
    "Share of the arm covered."
    flare: float = 0.0
    "How much wider it is at the hem."
    open: bool = False
    "Worn open over something else."
    label: Label = Label.UPPER
    legs: str = ""
    "Name of the trousers sewn to it, for suits of one piece."


@dataclass(frozen=True)
class Bottom:
    """What hangs from the hips. Lengths in heights of the person."""

    hem: float
    knee: float = 0.037
    "Half width of one leg there; of the whole skirt for skirts, at the hem."
    ankle: float = 0.026
    skirt: bool = False
    puff: float = 0.0
    "How early a skirt widens: 0 in a straight line, 1 at once."


TOPS = {
    "t-shirt": Top(0.51, 0.006, 0.42),
    "vest": Top(0.5, 0.002, 0.0),
    "shirt": Top(0.53, 0.01),
    "jumper": Top(0.52, 0.014),
    "jacket": Top(0.55, 0.017, open=True),
    "coat": Top(0.7, 0.022, flare=0.025, open=True),
    "dress": Top(0.68, 0.003, 0.35, flare=0.07, label=Label.FULL),
    "long dress": Top(0.92, 0.003, 0.2, flare=0.09, label=Label.FULL),
    "robe": Top(0.975, 0.03, flare=0.075, label=Label.FULL),
    "one-piece": Top(0.55, 0.028, label=Label.FULL, legs="baggy"),
}
BOTTOMS = {
    "narrow": Bottom(0.93, 0.034, 0.023),
    "straight": Bottom(0.94, 0.042, 0.034),
    "wide": Bottom(0.965, 0.055, 0.066),
    "huge": Bottom(0.975, 0.085, 0.125),
    "baggy": Bottom(0.94, 0.058, 0.044),
    "shorts": Bottom(0.68, 0.05, 0.05),
    "pencil": Bottom(0.7, 0.078, skirt=True),
    "a-line": Bottom(0.72, 0.135, skirt=True),
    "maxi": Bottom(0.93, 0.15, skirt=True),
    "tutu": Bottom(0.62, 0.24, skirt=True, puff=0.75),
}


def body_polygon(frame: Skeleton, ease: float, hem: float, flare: float) -> Polygon:
    """The trunk from the shoulders to `hem`, with room; below the crotch it hangs straight or flares."""
    rows, halves = list(BODY_ROWS), [half * frame.build.width for half in BODY_HALVES]
    shaped = [min(row, hem) for row in rows]
    if hem > rows[-1]:
        shaped, halves = [*rows, hem], [*halves, halves[-1] + 0.005]
    fall = np.clip((np.array(shaped) - 0.39) / max(hem - 0.39, 0.01), 0, 1)
    wide = (np.array(halves) + ease + flare * fall) * frame.unit
    y = frame.below(0) + np.array(shaped) * frame.unit
    keep = np.concatenate([np.diff(y) > 0, [True]])
    return trunk(y[keep].tolist(), wide[keep].tolist(), float(frame.neck[0]), float(frame.waist[0]))


def sleeve_polygons(frame: Skeleton, share: float, ease: float) -> list[Polygon]:
    """Sleeves over that share of each arm."""
    radius = (0.028 * frame.build.width + 0.6 * ease) * frame.unit
    polygons = []
    for side, shoulder, elbow, wrist in zip(SIDES, frame.shoulders, frame.elbows, frame.wrists, strict=True):
        upper = min(1.0, share / 0.52)
        begin = shoulder + np.array([-side * 0.012, 0.017]) * frame.unit
        polygons.append(limb(begin, shoulder + upper * (elbow - shoulder), radius, radius * 0.88))
        if share > 0.52:
            end = elbow + (share - 0.52) / 0.48 * (wrist - elbow)
            polygons.append(limb(elbow, end, radius * 0.85, radius * 0.7))
    return polygons if share > 0 else []


def top_polygons(frame: Skeleton, top: Top) -> list[Polygon]:
    """The body of a top, without sleeves."""
    hem = min(top.hem, 0.585) if frame.seated else top.hem
    return [body_polygon(frame, top.ease, hem, top.flare)]


def lap_polygons(frame: Skeleton, ease: float) -> list[Polygon]:
    """What a long garment covers of the legs of somebody seated."""
    unit, wide = frame.unit, 0.055 * frame.build.width + ease
    return [
        limb(hip, knee, wide * unit, wide * unit * 1.05)
        for hip, knee in zip(frame.hips, frame.knees, strict=True)
    ]


def bottom_polygons(frame: Skeleton, bottom: Bottom) -> list[Polygon]:
    """Both legs of trousers, or a skirt."""
    if bottom.skirt:
        return lap_polygons(frame, 0.02) if frame.seated else [skirt_polygon(frame, bottom)]
    unit, width = frame.unit, frame.build.width
    polygons = [body_polygon(frame, 0.004, 0.55, 0.0)]
    polygons[0] = polygons[0][polygons[0][:, 1] > frame.below(0.42)]
    for hip, knee, ankle in zip(frame.hips, frame.knees, frame.ankles, strict=True):
        polygons.append(limb(hip, knee, 0.052 * width * unit, max(bottom.knee, 0.032 * width) * unit))
        share = np.clip((bottom.hem - 0.72) / 0.225, 0, 1)
        if share > 0:
            end = knee + share * (ankle - knee)
            polygons.append(leg_end(knee, end, bottom.knee * unit, bottom.ankle * unit))
    return polygons


def leg_end(knee: Point, end: Point, knee_half: float, end_half: float) -> Polygon:
    """A trouser leg below the knee, cut off level at its end."""
    side = np.array([1.0, 0.0])
    return np.stack(
        [knee - side * knee_half, knee + side * knee_half, end + side * end_half, end - side * end_half]
    )


def skirt_polygon(frame: Skeleton, bottom: Bottom) -> Polygon:
    """A skirt from the waist to its hem."""
    rows = np.linspace(0.4, bottom.hem, 8)
    fall = np.linspace(0, 1, 8) ** (1 - 0.8 * bottom.puff)
    waist = 0.078 * frame.build.width
    halves = waist + (max(bottom.knee * frame.build.width, waist) - waist) * fall
    halves = np.maximum(halves, np.where(rows > 0.44, 0.088 * frame.build.width, 0))
    y = frame.below(0) + rows * frame.unit
    return trunk(y.tolist(), (halves * frame.unit).tolist(), float(frame.waist[0]), float(frame.waist[0]))


def cape_polygon(frame: Skeleton, hem: float, spread: float) -> Polygon:
    """A cape from the neck over the shoulders to `hem`, `spread` wider there than the shoulders."""
    unit = frame.unit
    left, right = frame.shoulders
    y = frame.below(hem)
    droop = 0.02 * unit
    edge = np.linspace(0, 1, 9)
    x0, x1 = left[0] - (0.035 + spread) * unit, right[0] + (0.035 + spread) * unit
    bottom = [np.array([x1 + (x0 - x1) * t, y + droop * np.sin(np.pi * t)]) for t in edge]
    outer = [right + np.array([0.03, 0.02]) * unit, *bottom, left + np.array([-0.03, 0.02]) * unit]
    neck = [frame.neck + np.array([side * 0.04, 0.0]) * unit for side in SIDES]
    return np.asarray([neck[0], neck[1], *outer])
