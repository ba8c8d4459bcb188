"""Streets to stand in: a size and a seed in, a photo without people out."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.trials.fabric import smooth_noise
from calibration.trials.labels import Photo, to_photo
from calibration.trials.palette import CITY_STONE, Colour, from_hsv

STREETS = ("facade", "shops", "park", "wall", "avenue")


def paint_street(kind: str, width: int, height: int, rng: np.random.Generator) -> Photo:
    """One of STREETS, a little out of focus. Raises ValueError for another name."""
    if kind not in STREETS:
        raise ValueError(f"street {kind!r}: there are {', '.join(STREETS)}")
    horizon = int(height * rng.uniform(0.5, 0.66))
    picture = np.zeros((height, width, 3), np.uint8)
    _paint_sky(picture, rng)
    _paint_ground(picture, horizon, rng, grass=kind == "park")
    {
        "facade": _paint_facade,
        "shops": _paint_shops,
        "park": _paint_park,
        "wall": _paint_wall,
        "avenue": _paint_avenue,
    }[kind](picture, horizon, rng)
    grain = smooth_noise((height, width), (12, 16), rng) * 9 + rng.normal(0, 4, (height, width)).astype(
        np.float32
    )
    blurred = cv2.GaussianBlur(picture, (0, 0), max(0.5, height * rng.uniform(0.002, 0.006)))
    return to_photo(blurred + grain[..., None])


def _paint_sky(picture: Photo, rng: np.random.Generator) -> None:
    top, low = np.array(from_hsv(210, int(rng.integers(10, 110)), 220)), np.array((226, 228, 230))
    fall = np.linspace(0, 1, len(picture))[:, None, None]
    picture[:] = (top * (1 - fall) + low * fall).astype(np.uint8)


def _paint_ground(picture: Photo, horizon: int, rng: np.random.Generator, *, grass: bool) -> None:
    stone = np.array(CITY_STONE[int(rng.integers(len(CITY_STONE)))]) * 0.6 + 50
    base = np.array((88, 110, 62)) if grass else stone
    near = np.linspace(0.8, 1.08, len(picture) - horizon)[:, None, None]
    picture[horizon:] = np.broadcast_to((base * near).clip(0, 255), picture[horizon:].shape).astype(np.uint8)
    if grass:
        return
    dark = (base * 0.8).astype(int).tolist()
    height, width = picture.shape[:2]
    for row in horizon + (height - horizon) * np.linspace(0, 1, 7) ** 1.8:
        cv2.line(picture, (0, int(row)), (width, int(row)), dark, 1, cv2.LINE_AA)
    middle = int(width * rng.uniform(0.2, 0.8))
    for column in range(-width, 2 * width, max(8, width // 5)):
        cv2.line(picture, (middle + (column - middle) // 6, horizon), (column, height), dark, 1, cv2.LINE_AA)


def _stone(rng: np.random.Generator) -> Colour:
    red, green, blue = (
        (np.array(CITY_STONE[int(rng.integers(len(CITY_STONE)))]) * rng.uniform(0.6, 1.15))
        .astype(int)
        .tolist()
    )
    return red, green, blue


def _paint_facade(picture: Photo, horizon: int, rng: np.random.Generator) -> None:
    left, width = -int(rng.integers(40)), picture.shape[1]
    while left < width:
        right = left + int(rng.integers(width // 3, width))
        top = int(horizon * rng.uniform(0, 0.25))
        cv2.rectangle(picture, (left, top), (right, horizon), _stone(rng), -1)
        pane = tuple(int(c) for c in rng.integers(40, 110, 3))
        step_x, step_y = int(rng.integers(26, 60)), int(rng.integers(40, 80))
        for x in range(left + 12, right - 14, step_x):
            for y in range(top + 14, horizon - 20, step_y):
                cv2.rectangle(picture, (x, y), (x + step_x // 2, y + step_y * 3 // 5), pane, -1)
                cv2.rectangle(picture, (x, y), (x + step_x // 2, y + step_y * 3 // 5), (210, 208, 204), 1)
        left = right


def _paint_shops(picture: Photo, horizon: int, rng: np.random.Generator) -> None:
    _paint_facade(picture, horizon, rng)
    left, width, top = 0, picture.shape[1], int(horizon * 0.45)
    while left < width:
        right = left + max(24, int(rng.integers(width // 3, width // 2 + 2)))
        cv2.rectangle(picture, (left, top), (right, horizon), (52, 50, 50), -1)
        glass = tuple(int(c) for c in rng.integers(70, 180, 3))
        cv2.rectangle(picture, (left + 6, top + 28), (right - 6, horizon - 12), glass, -1)
        for _ in range(6):
            x, y = (
                int(rng.integers(left + 6, right - 6)),
                int(rng.integers(top + 30, max(top + 31, horizon - 20))),
            )
            cv2.rectangle(picture, (x, y), (x + 9, y + 16), from_hsv(rng.uniform(0, 360), 120, 190), -1)
        cv2.rectangle(picture, (left, top), (right, top + 22), from_hsv(rng.uniform(0, 360), 150, 150), -1)
        left = right


def _paint_park(picture: Photo, horizon: int, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    for _ in range(60):
        x, y = int(rng.integers(width)), int(rng.normal(horizon * 0.5, horizon * 0.25))
        green = from_hsv(rng.uniform(80, 130), int(rng.integers(70, 150)), int(rng.integers(50, 130)))
        cv2.ellipse(picture, (x, min(y, horizon - 8)), (width // 7, height // 16), 0, 0, 360, green, -1)
    for _ in range(3):
        x = int(rng.integers(width))
        cv2.rectangle(picture, (x, horizon // 3), (x + width // 40 + 2, horizon + 6), (74, 58, 46), -1)


def _paint_wall(picture: Photo, horizon: int, rng: np.random.Generator) -> None:
    brick = _stone(rng)
    picture[:horizon] = brick
    joint = tuple(int(c * 0.8) for c in brick)
    width, course = picture.shape[1], int(rng.integers(9, 22))
    for row, y in enumerate(range(0, horizon, course)):
        cv2.line(picture, (0, y), (width, y), joint, 1)
        for x in range((row % 2) * course, width, 2 * course):
            cv2.line(picture, (x, y), (x, min(y + course, horizon)), joint, 1)


def _paint_avenue(picture: Photo, horizon: int, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    vanish = int(width * rng.uniform(0.35, 0.65)), int(horizon * 0.9)
    for edge in (0, width):
        low = np.array([(edge, height), (edge, 0), vanish, (vanish[0], horizon)], np.int32)
        cv2.fillPoly(picture, [low], _stone(rng))
        for share in np.linspace(0.1, 0.85, 9):
            x = int(edge + (vanish[0] - edge) * share)
            top, bottom = int(vanish[1] * share), int(height + (horizon - height) * share)
            cv2.line(picture, (x, top), (x, bottom), (70, 70, 74), 2, cv2.LINE_AA)
    for _ in range(2):
        x, long = int(rng.integers(-20, width)), int(rng.integers(50, 110))
        car = from_hsv(rng.uniform(0, 360), int(rng.integers(20, 180)), int(rng.integers(60, 200)))
        cv2.rectangle(picture, (x, horizon - 14), (x + long, horizon + 12), car, -1)
        cv2.rectangle(
            picture, (x + long // 5, horizon - 28), (x + long * 4 // 5, horizon - 14), (60, 66, 74), -1
        )
        for wheel in (x + long // 5, x + long * 4 // 5):
            cv2.circle(picture, (wheel, horizon + 12), 8, (24, 24, 24), -1)
