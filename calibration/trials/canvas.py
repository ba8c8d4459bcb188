"""A picture being painted part by part with light on round bodies: polygons in, photo and label map out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.records import MaskArray
from calibration.trials.fabric import Cloth, Plane, smooth_noise, weave
from calibration.trials.labels import PERSON, Label, Labels, Photo, Shot, to_photo, where
from calibration.trials.outlines import Polygon, fill

AMBIENT, DIRECT = 0.55, 0.5
"Light from everywhere and from the lamp; a face turned to the lamp is a little brighter than its colour."
SHADOW = 0.3
"Share of light that a part takes from the parts right beneath it."


class Canvas:
    """Owner of the picture while it is painted, at a multiple of its final size for smooth edges."""

    def __init__(self, backdrop: Photo, finer: int, height_px: float, rng: np.random.Generator) -> None:
        rows, columns = backdrop.shape[:2]
        size = columns * finer, rows * finer
        self.pixels: Plane = cv2.resize(backdrop, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        self.labels: Labels = np.zeros(self.pixels.shape[:2], np.uint8)
        self._finer = finer
        self._height_px = height_px
        self._rng = rng
        side = rng.uniform(-0.7, 0.7)
        self._lamp = np.array([side, -0.5, 0.85]) / np.linalg.norm([side, -0.5, 0.85])

    def paint(
        self, polygons: Sequence[Polygon], label: Label, cloth: Cloth, folds: float = 0.0, depth: float = 0.05
    ) -> None:
        """Lay a part over the picture. `folds` and `depth` (how far it bulges) in heights of the person."""
        mask = fill(self.labels.shape, polygons)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not len(rows):
            return
        margin = int(0.03 * self._height_px)
        area = (
            slice(max(0, rows[0] - margin), min(mask.shape[0], rows[-1] + margin + 1)),
            slice(max(0, columns[0] - margin), min(mask.shape[1], columns[-1] + margin + 1)),
        )
        self._shade_beneath(mask[area], area)
        inside = mask[area]
        y, x = np.mgrid[area].astype(np.float32) / np.float32(self._height_px)
        colour = weave(cloth, x, y, self._rng) * self._brightness(inside, folds, depth)[..., None]
        self.pixels[area] = np.where(inside[..., None], colour, self.pixels[area])
        self.labels[area] = np.where(inside, label, self.labels[area])

    def lay(self, polygons: Sequence[Polygon], label: Label, cloth: Cloth, folds: float = 0.0) -> None:
        """Paint polygons given in pixels of the photo, not of the canvas."""
        self.paint([self._finer * polygon for polygon in polygons], label, cloth, folds)

    def _shade_beneath(self, mask: MaskArray, area: tuple[slice, slice]) -> None:
        sigma = 0.008 * self._height_px
        near = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma)
        body = where(self.labels[area], PERSON)
        self.pixels[area] *= np.where(body, 1 - SHADOW * near, 1)[..., None]

    def _brightness(self, mask: MaskArray, folds: float, depth: float) -> Plane:
        """Lambert's law over a relief that is round at the edge, (H, W)."""
        reach = depth * self._height_px
        far = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
        edge = 1 - (far / reach).clip(0, 1)
        relief = 0.8 * reach * np.sqrt(1 - edge**2) + self._folds(mask.shape) * folds * self._height_px
        relief = cv2.GaussianBlur(relief, (0, 0), 0.006 * self._height_px)
        slope_x, slope_y = cv2.Sobel(relief, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(relief, cv2.CV_32F, 0, 1) / 8
        facing = (-slope_x * self._lamp[0] - slope_y * self._lamp[1] + self._lamp[2]) / np.sqrt(
            slope_x**2 + slope_y**2 + 1
        )
        brightness: Plane = (AMBIENT + DIRECT * facing.clip(0, 1)).astype(np.float32)
        return brightness

    def _folds(self, shape: tuple[int, ...]) -> Plane:
        """Creases of cloth, mostly downwards, with some across."""
        across, down = (max(2, int(length / self._height_px * 28)) for length in (shape[1], shape[0]))
        upright = smooth_noise(shape, (across * 2, max(2, down // 3)), self._rng)
        level = smooth_noise(shape, (max(2, across // 3), down), self._rng)
        return np.asarray(upright + 0.6 * level, np.float32)

    def shot(self) -> Shot:
        """The picture at its final size; each pixel has the class of its middle."""
        size = self.labels.shape[1] // self._finer, self.labels.shape[0] // self._finer
        photo: NDArray[np.float32] = cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA)
        step = self._finer
        labels = np.ascontiguousarray(self.labels[step // 2 :: step, step // 2 :: step])
        return Shot(to_photo(photo), labels)
