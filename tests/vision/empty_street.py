"""A made-up street to draw without people: windows and a kerb, and somebody in a coat that is easily known again."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.vision.edges import edges_of, widened
from appliance.vision.reference import Reference

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 192, 108
STEP_S = 0.5
Place = tuple[int, int]
TALL, WIDE = 48, 18
"Pixels of somebody."


def street(seed: int = 0) -> Picture:
    """Light of a street (HEIGHT, WIDTH): a wall with windows, a kerb, a post."""
    picture = np.full((HEIGHT, WIDTH), 150, np.uint8)
    picture[:50] = 190
    for left in range(10, WIDTH - 20, 30):
        picture[12:36, left : left + 16] = 60
    cv2.line(picture, (0, 80), (WIDTH, 60), 90, 2)
    picture[30:90, 100:104] = 40
    return noisy(picture, np.random.default_rng(seed), 0)


def noisy(picture: Picture, rng: np.random.Generator, spread: float = 2.0) -> Picture:
    return np.asarray((picture + rng.normal(0, spread, picture.shape)).round().clip(0, 255), np.uint8)


def coat() -> Picture:
    """Checks (TALL, WIDE) of black and white: nothing on a street has more edges."""
    rows, columns = np.mgrid[:TALL, :WIDE] // 3 % 2
    return np.asarray(255 * (rows ^ columns), np.uint8)


def with_somebody(picture: Picture, at: Place | None) -> Picture:
    """Somebody whose upper left corner is at x, y."""
    if at is None:
        return picture
    shown = picture.copy()
    x, y = at
    shown[y : y + TALL, x : x + WIDE] = coat()[: HEIGHT - y, : WIDTH - x]
    return shown


def box_of(at: Place | None) -> FloatArray:
    """What a detector says of that: shares, (N, 4)."""
    if at is None:
        return np.zeros((0, 4), np.float32)
    x, y = at
    return np.array([[x / WIDTH, y / HEIGHT, (x + WIDE) / WIDTH, (y + TALL) / HEIGHT]], np.float32)


def drawn(places: list[Place | None], overlooked: list[bool] | None = None) -> tuple[MaskArray, MaskArray]:
    """Lines and unseen pixels after somebody was at those places, one sample each, and overlooked in some of them."""
    rng, reference = np.random.default_rng(1), Reference(WIDTH, HEIGHT)
    for number, at in enumerate(places):
        missed = overlooked is not None and overlooked[number]
        picture = noisy(with_somebody(street(), at), rng)
        reference.add(picture, box_of(None if missed else at), number * STEP_S)
    return reference.draw()


def likeness(lines: MaskArray, places: list[Place | None]) -> float:
    """Correlation of a drawing with the lines of a coat at all those places, where the street has no lines itself."""
    own = np.zeros((HEIGHT, WIDTH), np.bool_)
    for at in {place for place in places if place is not None}:
        own |= edges_of(with_somebody(street(), at).astype(np.float32))
    elsewhere = ~widened(edges_of(street().astype(np.float32)), 2)
    return correlation(lines[elsewhere], own[elsewhere])


def correlation(one: MaskArray, other: MaskArray) -> float:
    """Pearson's of two masks, 0 where one of them is all alike."""
    if one.all() or other.all() or not one.any() or not other.any():
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
