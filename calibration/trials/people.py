"""Small people painted by rules, like nobody: a look in, a photo with its exact label map out."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.trials.aids import CHAIRS, STICKS, chair_back, paint_aid
from calibration.trials.canvas import Canvas
from calibration.trials.fabric import Cloth, Plane
from calibration.trials.heads import paint_hair_behind, paint_head
from calibration.trials.labels import Label, Photo, Shot, to_photo
from calibration.trials.light import expose
from calibration.trials.looks import Look, random_look
from calibration.trials.outlines import Point, ellipse, fill, limb
from calibration.trials.palette import monk_tone
from calibration.trials.skeleton import SIDES, Build, Skeleton, stand
from calibration.trials.streets import paint_street
from calibration.trials.wardrobe import (
    BOTTOMS,
    TOPS,
    body_polygon,
    bottom_polygons,
    cape_polygon,
    lap_polygons,
    sleeve_polygons,
    top_polygons,
)

FINER = 2
"Painted at twice the size: smooth edges."
ROOM_ACROSS, ROOM_DOWN = 0.8, 1.28
"Size of the photo in heights of the person."


def random_person(rng: np.random.Generator, height_px: int = 330) -> Shot:
    """Somebody in everyday clothes. The same generator state gives the same pixels."""
    return render(random_look(rng, height_px), rng)


def render(look: Look, rng: np.random.Generator) -> Shot:
    """Paint one look. Photo and labels (1.28 height, 0.8 height); the same generator state gives the same pixels."""
    width, height = int(look.height_px * ROOM_ACROSS), int(look.height_px * ROOM_DOWN)
    build = Build(look.height_px * FINER, look.width, look.shoulders, look.hips)
    crown = FINER * np.array([width * rng.uniform(0.46, 0.54), height * rng.uniform(0.09, 0.15)])
    if look.pose.seated:
        crown[1] += 0.15 * build.height_px
    frame = stand(build, look.pose, crown)
    ground = np.array([frame.waist[0], frame.below(0.86 if look.pose.seated else 0.99)])
    street = paint_street(look.street, width, height, rng)
    canvas = Canvas(shadowed(street, ground / FINER, look.height_px), FINER, build.height_px, rng)
    paint_person(canvas, frame, look, ground)
    shot = canvas.shot()
    return Shot(expose(shot.photo, look.light, rng), shot.labels)


def shadowed(street: Photo, ground: Point, unit: float) -> Photo:
    """A street with the shadow of somebody standing at `ground`."""
    patch = fill(street.shape, [ellipse(ground, 0.17 * unit, 0.03 * unit)])
    soft: Plane = cv2.GaussianBlur(patch.astype(np.float32), (0, 0), 0.015 * unit)
    return to_photo(street * (1 - 0.45 * soft[..., None]))


def paint_person(canvas: Canvas, frame: Skeleton, look: Look, ground: Point) -> None:
    """Everything of one person, from the back to the front."""
    accent = look.outfit.over_cloth.colour
    if look.pose.seated:
        paint_aid(canvas, chair_back(ground, frame.unit, accent))
    if look.aid and not look.pose.seated and look.aid in CHAIRS:
        paint_aid(canvas, CHAIRS[look.aid](ground + np.array([0.03, 0.01]) * frame.unit, frame.unit, accent))
    if look.outfit.cape:
        canvas.paint([cape_polygon(frame, look.outfit.cape, 0.03)], Label.FULL, look.outfit.over_cloth, 0.006)
    paint_hair_behind(canvas, frame, look.head)
    paint_legs(canvas, frame, look)
    paint_trunk(canvas, frame, look)
    paint_skirt(canvas, frame, look)
    paint_arms(canvas, frame, look)
    paint_head(canvas, frame, look.head)
    if look.outfit.cape:
        hem = min(look.outfit.cape, 0.36)
        canvas.paint([cape_polygon(frame, hem, 0.0)], Label.FULL, look.outfit.over_cloth, 0.006)
    if look.aid in STICKS or (look.aid and look.pose.seated):
        paint_aid(canvas, {**CHAIRS, **STICKS}[look.aid](ground, frame.unit, accent))


def paint_legs(canvas: Canvas, frame: Skeleton, look: Look) -> None:
    """Legs, shoes, and what is worn on them."""
    outfit, unit = look.outfit, frame.unit
    skin = Cloth(monk_tone(look.head.tone) if outfit.tights is None else outfit.tights)
    bare = Label.SKIN if outfit.tights is None else Label.ACCESSORY
    for hip, knee, ankle in zip(frame.hips, frame.knees, frame.ankles, strict=True):
        wide = frame.build.width * unit
        shape = [limb(hip, knee, 0.046 * wide, 0.031 * wide), limb(knee, ankle, 0.03 * wide, 0.018 * wide)]
        canvas.paint(shape, bare, skin, depth=0.03)
    paint_shoes(canvas, frame, look)
    sewn = TOPS[outfit.top].legs
    name, cloth, label = (
        (sewn, outfit.top_cloth, Label.FULL) if sewn else (outfit.bottom, outfit.bottom_cloth, Label.LOWER)
    )
    if not name:
        return
    bottom = BOTTOMS[name]
    if not bottom.skirt:
        trunk_part, *legs = bottom_polygons(frame, bottom)
        half = len(legs) // 2
        for leg in (legs[:half], legs[half:]):
            canvas.paint(leg, label, cloth, 0.004, 0.045)
        canvas.paint([trunk_part], label, cloth, 0.003)
    elif not bottom.puff:
        canvas.paint(bottom_polygons(frame, bottom), label, cloth, 0.006)


def paint_skirt(canvas: Canvas, frame: Skeleton, look: Look) -> None:
    """A puffed skirt lies over the top."""
    bottom = BOTTOMS.get(look.outfit.bottom)
    if bottom and bottom.puff:
        canvas.paint(bottom_polygons(frame, bottom), Label.LOWER, look.outfit.bottom_cloth, 0.008)


def paint_shoes(canvas: Canvas, frame: Skeleton, look: Look) -> None:
    """A pair of shoes, or boots up to half the shin, with soles."""
    unit, cloth = frame.unit, Cloth(look.outfit.shoes)
    for side, knee, ankle in zip(SIDES, frame.knees, frame.ankles, strict=True):
        toe = ankle + np.array([side * 0.02, 0.035]) * unit
        parts = [limb(ankle, toe, 0.024 * unit, 0.022 * unit)]
        if look.outfit.boots:
            parts.append(limb(knee + 0.5 * (ankle - knee), ankle, 0.034 * unit, 0.026 * unit))
        sole = limb(
            toe + np.array([-0.014, 0.014]) * unit,
            toe + np.array([0.014, 0.014]) * unit,
            0.01 * unit,
            0.01 * unit,
        )
        canvas.paint([sole], Label.SHOES, Cloth((70, 66, 64)), depth=0.015)
        canvas.paint(parts, Label.SHOES, cloth, depth=0.03)


def paint_trunk(canvas: Canvas, frame: Skeleton, look: Look) -> None:
    """The trunk with what is worn on it; a jacket leaves its middle open."""
    outfit, unit = look.outfit, frame.unit
    top = TOPS[outfit.top]
    skin = Cloth(monk_tone(look.head.tone))
    canvas.paint([body_polygon(frame, 0, 0.5, 0)], Label.SKIN if not outfit.bottom else top.label,
                 skin if not outfit.bottom else outfit.top_cloth)  # fmt: skip
    if frame.seated and top.hem > 0.6:
        canvas.paint(lap_polygons(frame, top.ease + 0.01), top.label, outfit.top_cloth, 0.005)
    canvas.paint(top_polygons(frame, top), top.label, outfit.top_cloth, 0.005)
    neckline = ellipse(frame.neck + np.array([0, 0.022]) * unit, 0.036 * unit, 0.026 * unit)
    canvas.paint([neckline], Label.SKIN, skin, depth=0.04)
    if outfit.over:
        paint_open(canvas, frame, look)


def paint_open(canvas: Canvas, frame: Skeleton, look: Look) -> None:
    """Both halves of an open jacket or coat."""
    over = TOPS[look.outfit.over]
    (body,) = top_polygons(frame, over)
    gap = np.interp(body[:, 1], [frame.below(0.17), frame.below(over.hem)], [0.03, 0.06]) * frame.unit
    axis = np.interp(body[:, 1], [body[:, 1].min(), body[:, 1].max()], [frame.neck[0], frame.waist[0]])
    half = len(body) // 2
    for rows, side in zip((slice(0, half), slice(half, None)), SIDES, strict=True):
        inner = np.stack([axis[rows] + side * gap[rows], body[rows][:, 1]], 1)[::-1]
        canvas.paint([np.concatenate([body[rows], inner])], Label.UPPER, look.outfit.over_cloth, 0.006)


def paint_arms(canvas: Canvas, frame: Skeleton, look: Look) -> None:
    """Arms, hands and sleeves."""
    unit, outfit = frame.unit, look.outfit
    skin, wide = Cloth(monk_tone(look.head.tone)), frame.build.width * unit
    worn = outfit.over or outfit.top
    cloth, label = (
        (outfit.over_cloth, Label.UPPER) if outfit.over else (outfit.top_cloth, TOPS[outfit.top].label)
    )
    sleeves = sleeve_polygons(frame, TOPS[worn].sleeve, TOPS[worn].ease)
    each = len(sleeves) // 2
    for side in range(2):
        shoulder, elbow, wrist = frame.shoulders[side], frame.elbows[side], frame.wrists[side]
        shoulder = shoulder + np.array([-SIDES[side] * 0.012, 0.018]) * unit
        hand = wrist + (wrist - elbow) / np.linalg.norm(wrist - elbow) * 0.032 * unit
        bare = [
            limb(shoulder, elbow, 0.027 * wide, 0.021 * wide),
            limb(elbow, wrist, 0.021 * wide, 0.015 * wide),
        ]
        canvas.paint([*bare, limb(wrist, hand, 0.016 * unit, 0.013 * unit)], Label.SKIN, skin, depth=0.03)
        if each:
            canvas.paint(sleeves[side * each : (side + 1) * each], label, cloth, 0.005, 0.035)
