"""What must not matter about a person: a shot in, the same clothes on another body or head out."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.trials.aids import Maker, paint_aid
from calibration.trials.brush import FINER, Edit, axis_of, blend, dye, head_zone, overlay, usual_colour
from calibration.trials.canvas import Canvas
from calibration.trials.fabric import Cloth
from calibration.trials.heads import egg, hijab_polygons, turban_polygons
from calibration.trials.labels import Label, Photo, Shot, box_of, where
from calibration.trials.outfits import any_colour
from calibration.trials.outlines import fill
from calibration.trials.palette import DYED_HAIR, HAIR, from_lab, monk_tone, to_lab

LIT = 0.92
"Lit skin is on average so much darker than its swatch."
LEAST_PX = 20
"With fewer pixels of a class there is nothing to change."


def skin_tone(tone: int) -> Edit:
    """All skin to a tone of the Monk scale; its shading and texture stay."""

    def retone(shot: Shot, _: np.random.Generator) -> Shot:
        skin = shot.labels == Label.SKIN
        if skin.sum() < LEAST_PX:
            return shot
        target = to_lab(np.array([[monk_tone(tone)]], np.uint8))[0, 0] * [LIT, 1, 1]
        lab = to_lab(shot.photo)
        mean = lab[skin].mean(axis=0)
        contrast = float(np.clip(target[0] / max(mean[0], 1), 0.6, 1.0))
        moved = (lab - mean) * [contrast, 0.8, 0.8] + target
        return Shot(blend(shot.photo, from_lab(moved.astype(np.float32)), skin), shot.labels)

    return retone


def skin_hue(step: float) -> Edit:
    """Skin redder (above 0) or yellower (below), by `step` of a and b in 8-bit Lab."""

    def turn(shot: Shot, _: np.random.Generator) -> Shot:
        moved = to_lab(shot.photo) + np.array([0, step, -step], np.float32)
        return Shot(blend(shot.photo, from_lab(moved), shot.labels == Label.SKIN), shot.labels)

    return turn


def hair_colour(shot: Shot, rng: np.random.Generator) -> Shot:
    """Hair in a colour far from its own."""
    hair = shot.labels == Label.HAIR
    if hair.sum() < LEAST_PX:
        return shot
    own = np.array(usual_colour(shot.photo, hair))
    colours = [*HAIR.values(), *DYED_HAIR.values()]
    far = sorted(colours, key=lambda colour: -float(np.abs(own - colour).sum()))[: len(colours) // 2]
    return Shot(dye(shot, hair, Cloth(far[int(rng.integers(len(far)))]), rng), shot.labels)


def headscarf(shot: Shot, rng: np.random.Generator) -> Shot:
    """A scarf over hair and neck; the face stays."""
    return _cover(shot, rng, "hijab")


def turban(shot: Shot, rng: np.random.Generator) -> Shot:
    """A turban over the top of the head."""
    return _cover(shot, rng, "turban")


def _cover(shot: Shot, rng: np.random.Generator, kind: str) -> Shot:
    head = head_zone(shot.labels, 0.13)
    if head.sum() < LEAST_PX:
        return shot
    (_, top, _, height), _ = axis_of(shot.labels)
    at = np.array([float(np.median(np.nonzero(head)[1])), top + 0.066 * height])
    cloth = Cloth(any_colour(rng, (20, 200), (40, 230)))
    shapes = hijab_polygons(at, height) if kind == "hijab" else turban_polygons(at, height)
    face = egg(at + np.array([0, 0.008]) * height, 0.038 * height, 0.052 * height)
    keep = fill(shot.labels.shape, [face]) & (shot.labels != Label.HAIR)
    if kind == "turban":
        keep = keep & (np.arange(len(keep))[:, None] > at[1] - 0.03 * height)
    else:
        hair = where(shot.labels, (Label.HAIR, Label.HEADWEAR))
        labels = np.where(hair, Label.HEADWEAR, shot.labels).astype(np.uint8)
        shot = Shot(dye(shot, hair, cloth, rng), labels)

    def paint(canvas: Canvas) -> None:
        canvas.lay(shapes, Label.HEADWEAR, cloth, 0.003)

    return overlay(shot, paint, keep, rng)


def body_width(share: float) -> Edit:
    """The body `share` times as wide about its own middle; the street beside it gives way."""

    def widen(shot: Shot, _: np.random.Generator) -> Shot:
        left, width = box_of(shot.labels)[::2]
        if width == 0:
            return shot
        columns = shot.labels.shape[1]
        middle, half = left + width / 2, share * width / 2
        first, last = max(1.0, middle - half), min(columns - 2.0, middle + half)
        source = np.interp(
            np.arange(columns), [0, first, last, columns - 1], [0, left, left + width, columns - 1]
        )
        rows = np.arange(len(shot.labels), dtype=np.float32)[:, None].repeat(columns, axis=1)
        across = source.astype(np.float32)[None].repeat(len(shot.labels), axis=0)
        photo = cv2.remap(shot.photo, across, rows, cv2.INTER_LINEAR)
        return Shot(photo, cv2.remap(shot.labels, across, rows, cv2.INTER_NEAREST))

    return widen


def with_aid(maker: Maker) -> Edit:
    """A mobility aid in front of the person, as drawn by `maker`."""

    def add(shot: Shot, rng: np.random.Generator) -> Shot:
        (_, top, _, height), middle = axis_of(shot.labels)
        ground = FINER * np.array([middle, top + height])
        parts = maker(ground, float(FINER * height), any_colour(rng, (20, 200), (40, 160)))
        return overlay(
            shot, lambda canvas: paint_aid(canvas, parts), np.zeros(shot.labels.shape, np.bool_), rng
        )

    return add


def scenery_of(shot: Shot) -> Photo:
    """The photo's street with the person painted out, soft enough to be a backdrop."""
    rows, columns = shot.labels.shape
    small = max(1, columns // 4), max(1, rows // 4)
    person = cv2.resize((shot.labels > 0).astype(np.uint8), small, interpolation=cv2.INTER_NEAREST)
    hole = cv2.dilate(person, np.ones((7, 7), np.uint8))
    filled = cv2.inpaint(
        cv2.resize(shot.photo, small, interpolation=cv2.INTER_AREA), hole, 3, cv2.INPAINT_TELEA
    )
    grown = cv2.resize(filled, (columns, rows), interpolation=cv2.INTER_LINEAR)
    wide = cv2.resize(hole, (columns, rows), interpolation=cv2.INTER_NEAREST) > 0
    return blend(shot.photo, grown, wide)


def set_in(scenery: Photo) -> Edit:
    """The same person before another backdrop, stretched to fit."""

    def exchange(shot: Shot, _: np.random.Generator) -> Shot:
        backdrop = cv2.resize(scenery, shot.labels.shape[::-1], interpolation=cv2.INTER_LINEAR)
        return Shot(blend(backdrop, shot.photo, shot.labels > 0), shot.labels)

    return exchange
