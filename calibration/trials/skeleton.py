"""How a body stands: build and pose in, joints in pixels out. Shares of height after Drillis and Contini (1966)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.trials.outlines import Point

SIDES = (-1, 1)
"Left and right of the picture."


@dataclass(frozen=True)
class Build:
    """A body's size."""

    height_px: float
    "Standing, crown to sole, in pixels of the canvas."
    width: float = 1.0
    "1 is average."
    shoulders: float = 1.0
    hips: float = 1.0


@dataclass(frozen=True)
class Arm:
    """One arm, in degrees."""

    raised: float = 10
    "Upper arm away from the body."
    bent: float = -8
    "Forearm against the upper arm, negative is inwards."


@dataclass(frozen=True)
class Pose:
    """How somebody stands or sits, seen from the front."""

    arms: tuple[Arm, Arm] = (Arm(), Arm())
    stance: float = 0.045
    "Ankle from the body's axis, in heights."
    stride: float = 0.0
    "How much further down (nearer) the right foot of the picture is, in heights; a step."
    lean: float = 0.0
    "Neck beside the hips, in heights."
    seated: bool = False


@dataclass(frozen=True)
class Skeleton:
    """Joints; pairs are left and right of the picture."""

    unit: float
    "Height of the standing person in pixels."
    build: Build
    head: Point
    neck: Point
    shoulders: tuple[Point, Point]
    elbows: tuple[Point, Point]
    wrists: tuple[Point, Point]
    waist: Point
    hips: tuple[Point, Point]
    knees: tuple[Point, Point]
    ankles: tuple[Point, Point]
    seated: bool

    def below(self, share: float) -> float:
        """Row at a share of the standing height below the crown."""
        return float(self.head[1] + (share - 0.066) * self.unit)


def stand(build: Build, pose: Pose, crown: Point) -> Skeleton:
    """Joints of a body whose crown is at `crown`."""
    unit = build.height_px

    def at(x: float, y: float) -> Point:
        lean = pose.lean * float(np.clip((0.5 - y) / 0.35, 0, 1))
        point: Point = crown + unit * np.array([x + lean, y])
        return point

    shoulder, hip = 0.102 * build.width * build.shoulders, 0.05 * build.width * build.hips
    arms = [
        _arm(at(side * shoulder, 0.19), arm, side, unit) for side, arm in zip(SIDES, pose.arms, strict=True)
    ]
    legs = [_seated_leg(hip) if pose.seated else _leg(hip, pose, side) for side in SIDES]
    knees, ankles = (
        [at(side * x, y) for side, (x, y) in zip(SIDES, leg, strict=True)] for leg in zip(*legs, strict=True)
    )
    return Skeleton(
        unit,
        build,
        head=at(0, 0.066),
        neck=at(0, 0.15),
        shoulders=(at(-shoulder, 0.19), at(shoulder, 0.19)),
        elbows=(arms[0][0], arms[1][0]),
        wrists=(arms[0][1], arms[1][1]),
        waist=at(0, 0.39),
        hips=(at(-hip, 0.5), at(hip, 0.5)),
        knees=(knees[0], knees[1]),
        ankles=(ankles[0], ankles[1]),
        seated=pose.seated,
    )


def _arm(shoulder: Point, arm: Arm, side: int, unit: float) -> tuple[Point, Point]:
    """Elbow and wrist in pixels."""
    upper, lower = np.radians(arm.raised), np.radians(arm.raised + arm.bent)
    elbow: Point = shoulder + 0.17 * unit * np.array([side * np.sin(upper), np.cos(upper)])
    wrist: Point = elbow + 0.15 * unit * np.array([side * np.sin(lower), np.cos(lower)])
    return elbow, wrist


Place = tuple[float, float]
"""Outwards from the body's axis and down from the crown, in heights."""


def _leg(hip: float, pose: Pose, side: int) -> tuple[Place, Place]:
    """Knee and ankle of somebody standing."""
    step = side * pose.stride / 2
    return ((hip + pose.stance) / 2, 0.72 + 0.3 * step), (pose.stance, 0.945 + step)


def _seated_leg(hip: float) -> tuple[Place, Place]:
    """Knee and ankle of somebody seated: thighs come towards the viewer, so they are short; shins hang down."""
    return (hip + 0.035, 0.56), (hip + 0.035, 0.785)
