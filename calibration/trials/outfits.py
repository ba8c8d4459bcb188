"""Exceptions by colour and pattern: a shot in, the same person in striking cloth out."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.trials.brush import Edit, blend, body_plane, dye, halves, main_garment, shading
from calibration.trials.fabric import Cloth, Pattern
from calibration.trials.labels import CLOTHING, GARMENTS, Photo, Shot, box_of, where
from calibration.trials.palette import Colour, from_hsv

STRIKING_SPREAD = 45.0
STRIKING_SATURATION = 95.0


def any_colour(rng: np.random.Generator, saturation: tuple[int, int], value: tuple[int, int]) -> Colour:
    """A colour of any hue."""
    return from_hsv(float(rng.uniform(0, 360)), int(rng.integers(*saturation)), int(rng.integers(*value)))


def untouched(shot: Shot, _: np.random.Generator) -> Shot:
    """The control: nothing changes, so it must score as everyday."""
    return shot


def vivid(shot: Shot, rng: np.random.Generator) -> Shot:
    """The main garment in one strong colour."""
    cloth = Cloth(any_colour(rng, (210, 240), (205, 235)))
    return Shot(dye(shot, main_garment(shot.labels), cloth, rng), shot.labels)


def turn_hue(shot: Shot, _: np.random.Generator) -> Shot:
    """All clothes a quarter round the colour circle, and at least a little coloured."""
    hsv = cv2.cvtColor(shot.photo, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int32) + 45) % 180
    hsv[..., 1] = np.maximum(hsv[..., 1], 90)
    turned = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    return Shot(blend(shot.photo, turned, where(shot.labels, CLOTHING)), shot.labels)


def stripes(shot: Shot, rng: np.random.Generator) -> Shot:
    """Broad black and white stripes, across or down, on the main garment."""
    cloth = Cloth(
        (26, 26, 28),
        (244, 244, 242),
        Pattern.STRIPES,
        float(rng.uniform(0.06, 0.1)),
        bool(rng.random() < 0.5),
    )
    return Shot(dye(shot, main_garment(shot.labels), cloth, rng), shot.labels)


def prints(shot: Shot, rng: np.random.Generator) -> Shot:
    """A bold print, checks or dots of two colours on the main garment."""
    pattern = (Pattern.PRINT, Pattern.CHECKS, Pattern.DOTS)[int(rng.integers(3))]
    first, second = any_colour(rng, (90, 225), (60, 150)), any_colour(rng, (60, 225), (160, 240))
    cloth = Cloth(first, second, pattern, float(rng.uniform(0.06, 0.1)))
    return Shot(dye(shot, main_garment(shot.labels), cloth, rng), shot.labels)


def clash(shot: Shot, rng: np.random.Generator) -> Shot:
    """Top and bottom in two strong colours that fight."""
    hue = float(rng.uniform(0, 360))
    above, below = halves(shot.labels)
    first, second = from_hsv(hue, 215, 220), from_hsv(hue + float(rng.uniform(90, 180)), 215, 220)
    dyed = Shot(dye(shot, above, Cloth(first), rng), shot.labels)
    return Shot(dye(dyed, below, Cloth(second), rng), shot.labels)


def mono(shot: Shot, rng: np.random.Generator) -> Shot:
    """Everything from the neck to the shoes in one colour."""
    worn = where(shot.labels, CLOTHING)
    return Shot(dye(shot, worn, Cloth(any_colour(rng, (140, 230), (150, 240))), rng), shot.labels)


def glitter(shot: Shot, rng: np.random.Generator) -> Shot:
    """The main garment in sequins: its own colour, sparkling."""
    mask = main_garment(shot.labels)
    rows, columns = mask.shape
    grain = max(1, box_of(shot.labels)[3] // 160)
    spark = rng.uniform(0, 1, (rows // grain + 1, columns // grain + 1)).astype(np.float32) ** 4
    spark = spark.repeat(grain, axis=0).repeat(grain, axis=1)[:rows, :columns, None]
    fresh = shot.photo * (0.55 + 0.7 * spark) + 190 * spark
    return Shot(blend(shot.photo, fresh.clip(0, 255), mask), shot.labels)


def two_tone(shot: Shot, rng: np.random.Generator) -> Shot:
    """The left half of the outfit in one colour, the right half in another."""
    u, _ = body_plane(shot.labels)
    worn = where(shot.labels, GARMENTS)
    left = worn & (u < (np.median(u[worn]) if worn.any() else 0))
    hue = float(rng.uniform(0, 360))
    dyed = Shot(dye(shot, left, Cloth(from_hsv(hue, 150, 200)), rng), shot.labels)
    return Shot(dye(dyed, worn & ~left, Cloth(from_hsv(hue + 150, 130, 110)), rng), shot.labels)


def swap_texture(donor: Shot) -> Edit:
    """All garments in the cloth of another photo; see is_striking for which are worth it."""

    def swap(shot: Shot, _: np.random.Generator) -> Shot:
        worn = where(shot.labels, GARMENTS)
        rows, columns = worn.shape
        tile = _tile_of(donor, box_of(shot.labels)[3])
        repeats = rows // tile.shape[0] + 1, columns // tile.shape[1] + 1, 1
        cloth = np.tile(tile, repeats)[:rows, :columns]
        return Shot(
            blend(shot.photo, cloth * (0.6 + 0.4 * shading(shot, worn))[..., None], worn), shot.labels
        )

    return swap


def _tile_of(donor: Shot, height_px: int) -> Photo:
    """The largest square of the donor's main garment, mirrored to repeat, for a wearer of that height."""
    mask = np.pad(main_garment(donor.labels), 1).astype(np.uint8)
    depth = cv2.distanceTransform(mask, cv2.DIST_C, 3)[1:-1, 1:-1]
    row, column = divmod(int(np.argmax(depth)), depth.shape[1])
    reach = max(2, int(depth.max()) - 1)
    patch = donor.photo[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach]
    side = max(6, round(2 * reach * height_px / max(1, box_of(donor.labels)[3])))
    patch = cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA)
    wide = np.concatenate([patch, patch[:, ::-1]], axis=1)
    return np.concatenate([wide, wide[::-1]])


def is_striking(donor: Shot) -> bool:
    """Whether a photo's main garment is large and coloured or patterned: plain black is no exception."""
    mask = main_garment(donor.labels)
    if mask.mean() < 0.02:
        return False
    hsv = cv2.cvtColor(donor.photo, cv2.COLOR_RGB2HSV)[mask]
    coloured = np.median(hsv[:, 1]) > STRIKING_SATURATION and np.median(hsv[:, 2]) > 70
    return bool(coloured or hsv[:, 2].std() > STRIKING_SPREAD)
