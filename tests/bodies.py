"""A made-up body for tests: points and silhouette of somebody standing, and a network that answers as it is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.pose import CORE_BONES, OUTER_BONES
from appliance.records import DeviceArray, FloatArray, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps
from appliance.vision.body import check_mask, check_points
from appliance.vision.garments import VIEW

BOX = np.array([70, 22, 186, 234], np.float32)
"Where the person stands in the view, padded."
HALF = {
    0: (0, 44), 1: (2, 40), 2: (4, 40), 3: (6, 40), 7: (8, 43), 9: (3, 50), 11: (20, 70), 13: (27, 100), 15: (30, 128),
    17: (31, 136), 19: (30, 138), 21: (29, 134), 23: (13, 130), 25: (14, 172), 27: (14, 212), 29: (13, 218),
    31: (16, 224),
}  # fmt: skip
"Left side of a frontal body about the view's middle column: point -> pixels to the right of it, row."


def standing_points() -> FloatArray:
    """The 33 points (33, 2) of somebody who faces the camera, as wide as tall people are."""
    points = np.zeros((33, 2), np.float32)
    for left, (aside, row) in HALF.items():
        right = {1: 4, 2: 5, 3: 6}.get(left, left + 1 if left else 0)
        points[left], points[right] = (VIEW / 2 + aside, row), (VIEW / 2 - aside, row)
    return points


def mirrored_points(points: FloatArray) -> FloatArray:
    """The same body in a mirror: left is right."""
    swapped = points[[0, 4, 5, 6, 1, 2, 3, *(place + 1 - 2 * (place % 2 == 0) for place in range(7, 33))]]
    return np.asarray(swapped * [-1, 1] + [VIEW - 1, 0], np.float32)


def silhouette_of(points: FloatArray) -> FloatArray:
    """Person (VIEW, VIEW), 0 or 1: limbs, trunk and a head of hair round these points."""
    drawn = np.zeros((VIEW, VIEW), np.uint8)
    trunk = points[[11, 12, 24, 23]].astype(np.int32)
    cv2.fillConvexPoly(drawn, cv2.convexHull(trunk), 1)
    for start, end in (*CORE_BONES, *OUTER_BONES, (11, 12)):
        cv2.line(drawn, as_pixel(points[start]), as_pixel(points[end]), 1, 14)
    cv2.line(drawn, as_pixel(points[0]), as_pixel(points[[11, 12]].mean(axis=0)), 1, 10)
    cv2.circle(drawn, as_pixel(points[0] - [0, 4]), 16, 1, -1)
    return drawn.astype(np.float32)


def as_pixel(point: NDArray[Any]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def dressed(silhouette: FloatArray, points: FloatArray, box: FloatArray) -> tuple[MaskArray, MaskArray]:
    """Clothes and core (H, W) of one body, dressed and judged as by the cutter. Raises MaskRefused."""
    check_points(points)
    one = np.zeros(1, np.int64)
    clothes, cores, counts = CpuBodyOps().dress(silhouette[None, None], one, points[None], box[None])
    check_mask(counts, 0, points)
    return clothes[0], cores[0]


@dataclass(frozen=True)
class Answer:
    """What the network says of one view."""

    silhouette: FloatArray
    points: FloatArray
    presence: float = 1.0


def standing(**changes: Any) -> Answer:
    """The answer for somebody standing."""
    points = standing_points()
    return Answer(**{"silhouette": silhouette_of(points), "points": points, **changes})


class FakeBody:
    """A body network that gives its answers in turn, the last one for ever, and notes how many views it saw."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers or (standing(),)
        self.seen: list[int] = []

    def infer(
        self, inputs: Mapping[str, DeviceArray], figures: Collection[str] = ()
    ) -> dict[str, DeviceArray]:
        views = inputs["image"]
        assert views.shape[1:] == (VIEW, VIEW, 3)
        assert views.dtype == np.uint8
        self.seen.append(len(views))
        given = [self._answers[min(row, len(self._answers) - 1)] for row in range(len(views))]
        points = np.ones((len(views), 33, 4), np.float32)
        points[:, :, :2] = [answer.points for answer in given]
        return {
            "presence": np.array([[answer.presence] for answer in given], np.float32),
            "mask": np.stack([answer.silhouette for answer in given])[:, None],
            "points": points,
        }


class FakeAppearance:
    """An appearance network whose features are mixtures of what each 32x32 cell of the picture shows."""

    def infer(
        self, inputs: Mapping[str, DeviceArray], figures: Collection[str] = ()
    ) -> dict[str, DeviceArray]:
        pictures = inputs["image"]
        count, height, width, _ = pictures.shape
        cells = pictures[..., 0].reshape(count, height // 32, 32, width // 32, 32).astype(np.float32)
        figures = np.stack([cells.mean(axis=(2, 4)), cells.std(axis=(2, 4))], axis=-1)
        mixture = np.random.default_rng(0).normal(0, 0.02, (2, 1280)).astype(np.float32)
        features = np.maximum(figures @ mixture, 0).transpose(0, 3, 1, 2)
        return {"layer18": np.ascontiguousarray(features, np.float32)}
