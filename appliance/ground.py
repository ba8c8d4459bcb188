"""The ground before the camera: one person of known height at two spots in; tilt, height and distances out.

A pinhole camera without roll, Hc metres above level ground and tilted down by t, sees a point at the angle a below the
horizon in the row whose offset from the middle of the picture is f tan(a - t). Feet at the distance Z lie at
tan(af) = Hc / Z, the head of somebody H tall at tan(ah) = (Hc - H) / Z, so

    H / Hc = 1 - tan(ah) / tan(af) = 2 sin(d) / (sin(af + ah) + sin(d)),   d = af - ah.

d is seen, and af + ah = 2 t + s with s seen too. Two people (or one at two spots) give H1 / H2 as a ratio of two such
terms, which is linear in sin(2 t) and cos(2 t): the tilt, and then Hc. It is single-view metrology (Criminisi, Reid,
Zisserman, IJCV 40, 2000) with the lens known. Heights hardly depend on the lens, distances do: with 70 degrees for a
lens of 95, 6.5 m are taken for 10.5 m (tape.py mends it). A lens's distortion and a roll are not corrected: the tests
tell what two degrees of roll cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from appliance.errors import BoothError, ToldError

USUAL_VIEW_DEG = 70.0
"Width of the picture of a usual booth camera; the lens's data sheet says better."
SEEN_TO = 0.004
"Share of the picture's height to which a box tells where head and feet are."
MOST_DOUBT = 0.15
"Standard error of the camera's height, as a share of it, above which two spots are too much alike."
TILTS_DEG = (-20.0, 70.0)
HEIGHTS_M = (0.5, 12.0)
"Between which a booth's camera hangs."
Share = float


@dataclass(frozen=True)
class Standing:
    """Somebody of known height as the camera sees him, upright."""

    foot_y: Share
    head_y: Share
    "Shares of the picture's height, from the top."
    height_m: float
    "From the ground to the top of head or hat."

    def __post_init__(self) -> None:
        if not (0 <= self.head_y < self.foot_y <= 1 and 0.5 <= self.height_m <= 2.5):
            raise ToldError(
                "ground: no person stands so; feet below the head, 0.5 to 2.5 m tall, all in view",
                "ground-nobody",
            )


@dataclass(frozen=True)
class Ground:
    """Where the ground is; distances are from below the camera, straight ahead."""

    camera_m: float
    "Height of the lens above the ground."
    tilt_deg: float
    "Downwards; 0 is level."
    view_deg: float
    "Of the lens: the width of the picture as an angle."
    aspect: float
    "Width of the picture by its height, both in pixels."

    def __post_init__(self) -> None:
        fits = HEIGHTS_M[0] <= self.camera_m <= HEIGHTS_M[1] and TILTS_DEG[0] <= self.tilt_deg <= TILTS_DEG[1]
        if not (fits and 10 <= self.view_deg <= 150 and 0.2 <= self.aspect <= 5):
            raise ToldError(
                f"ground: a camera {self.camera_m:.1f} m high, tilted by {self.tilt_deg:.0f} degrees? "
                "stand upright at two other spots and measure again",
                "ground-odd",
                camera_m=round(self.camera_m, 1),
                tilt_deg=round(self.tilt_deg),
            )

    @property
    def horizon_y(self) -> Share:
        """Row of the horizon as a share of the picture's height; below 0 when it is above the picture."""
        return self._row(0.0)

    def distance_m(self, foot_y: Share) -> float | None:
        """How far away somebody stands whose feet are in this row; None at the horizon and above."""
        below = self._below(foot_y)
        return self.camera_m / math.tan(below) if below > 1e-3 else None

    def foot_y(self, distance_m: float) -> Share:
        """Row of feet at a distance."""
        return self._row(math.atan2(self.camera_m, distance_m))

    def head_y(self, foot_y: Share, height_m: float) -> Share | None:
        """Row of the head of somebody so tall whose feet are in that row; None where nobody can stand."""
        distance_m = self.distance_m(foot_y)
        return None if distance_m is None else self._row(math.atan2(self.camera_m - height_m, distance_m))

    def height_m(self, foot_y: Share, head_y: Share) -> float | None:
        """How tall somebody is who is seen so: the third measurement, whose error tells what this is worth."""
        distance_m = self.distance_m(foot_y)
        return None if distance_m is None else self.camera_m - distance_m * math.tan(self._below(head_y))

    def farthest_m(self, least: Share, height_m: float = 1.7) -> float:
        """Distance up to which somebody so tall fills at least a share of the picture's height; 0 when nowhere."""
        near, far = self.distance_m(1.0) or 1.0, 200.0
        if self._size(near, height_m) < least:
            return 0.0
        for _ in range(40):
            middle = (near + far) / 2
            near, far = (middle, far) if self._size(middle, height_m) >= least else (near, middle)
        return near

    def _size(self, distance_m: float, height_m: float) -> Share:
        """Height of somebody's box at a distance, cut off at the picture's edges as boxes are."""
        head = self._row(math.atan2(self.camera_m - height_m, distance_m))
        return min(self.foot_y(distance_m), 1.0) - max(head, 0.0)

    def _below(self, row: Share) -> float:
        """Angle below the horizon that a row shows, radians."""
        return math.radians(self.tilt_deg) + seen_angle(row, self.view_deg, self.aspect)

    def _row(self, below: float) -> Share:
        tangent = math.tan(max(min(below - math.radians(self.tilt_deg), 1.5), -1.5))
        return 0.5 + tangent * focal(self.view_deg, self.aspect)


def ground_from(
    one: Standing, other: Standing, aspect: float, view_deg: float = USUAL_VIEW_DEG
) -> tuple[Ground, float]:
    """The ground and the standard error of the camera's height, as a share of it.

    Raises BoothError, in words for the technician, for two spots that do not tell it.
    """
    ground = solved(one, other, aspect, view_deg)
    doubt = doubt_of(ground, one, other)
    if doubt > MOST_DOUBT:
        raise ToldError(
            f"ground: these two spots tell the camera's height to {min(doubt, 9.99):.0%} only; "
            "stand once near the camera and once about three times as far away",
            "ground-doubtful",
            n=round(100 * min(doubt, 9.99)),
        )
    return ground, doubt


def solved(one: Standing, other: Standing, aspect: float, view_deg: float) -> Ground:
    """The ground by the formula at the top of this file. Raises BoothError where it has no answer."""
    (s1, d1), (s2, d2) = (angles(standing, aspect, view_deg) for standing in (one, other))
    k1, k2 = other.height_m * math.sin(d1), one.height_m * math.sin(d2)
    a, b = k1 * math.cos(s2) - k2 * math.cos(s1), k1 * math.sin(s2) - k2 * math.sin(s1)
    c = math.sin(d1) * math.sin(d2) * (one.height_m - other.height_m)
    size = math.hypot(a, b)
    if size < 1e-9 or abs(c) > size:
        raise ToldError("ground: both spots look alike; stand once near and once far away", "ground-alike")
    for twice in (math.asin(c / size), math.pi - math.asin(c / size)):
        tilt = math.remainder(twice - math.atan2(b, a), 2 * math.pi) / 2
        rise = math.sin(2 * tilt + s1) + math.sin(d1)
        feet = (2 * tilt + s1 + d1, 2 * tilt + s2 + d2)
        if rise > 1e-6 and all(0 < both < math.pi for both in feet):
            camera_m = one.height_m * rise / (2 * math.sin(d1))
            if in_bounds(camera_m, math.degrees(tilt)):
                return Ground(camera_m, math.degrees(tilt), view_deg, aspect)
    raise ToldError(
        "ground: no camera over level ground sees these two; measure both again, upright, feet and head in view",
        "ground-uneven",
    )


def in_bounds(camera_m: float, tilt_deg: float) -> bool:
    """Whether a booth's camera may hang so."""
    return HEIGHTS_M[0] <= camera_m <= HEIGHTS_M[1] and TILTS_DEG[0] <= tilt_deg <= TILTS_DEG[1]


def doubt_of(ground: Ground, one: Standing, other: Standing) -> float:
    """Standard error of the camera's height as a share of it, when each row is seen to SEEN_TO."""
    total = 0.0
    for first, second in moved(one, other):
        try:
            there = solved(first, second, ground.aspect, ground.view_deg)
        except BoothError:
            return math.inf
        total += (there.camera_m / ground.camera_m - 1) ** 2
    return math.sqrt(total)


def moved(one: Standing, other: Standing) -> list[tuple[Standing, Standing]]:
    """The two with one row at a time seen wrongly, each way that stays in the picture."""
    pairs = []
    for name in ("foot_y", "head_y"):
        step = -SEEN_TO if name == "foot_y" else SEEN_TO
        pairs.append((replace(one, **{name: getattr(one, name) + step}), other))
        pairs.append((one, replace(other, **{name: getattr(other, name) + step})))
    return pairs


def angles(standing: Standing, aspect: float, view_deg: float) -> tuple[float, float]:
    """Sum s and difference d of the angles of feet and head below the middle of the picture, radians."""
    foot, head = (seen_angle(row, view_deg, aspect) for row in (standing.foot_y, standing.head_y))
    return foot + head, foot - head


def seen_angle(row: Share, view_deg: float, aspect: float) -> float:
    """Angle of a row below the middle of the picture, radians."""
    return math.atan((row - 0.5) / focal(view_deg, aspect))


def focal(view_deg: float, aspect: float) -> float:
    """Focal length in heights of the picture."""
    return aspect / 2 / math.tan(math.radians(view_deg) / 2)
