"""Geometry on pixels by CUDA kernels: pictures on the device in, planar tensors and masked cuts on the device out."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, Frame, IntArray
from appliance.runtime.jetson.gpu import Gpu, blocks
from appliance.runtime.jetson.normal import CNormal
from appliance.runtime.jetson.picture import RGB, Picture
from appliance.runtime.jetson.tensor import Tensor
from appliance.runtime.looks import (
    GREY,
    GREY_LIGHT,
    GREY_SPREAD,
    HIGHLIGHT,
    LEAST_FREE,
    LEAST_SPREAD,
    LIGHT_OFFSET,
    RELIEF_SIDE,
    RELIEF_SIGMA,
    fit,
    quarter,
    quarter_edges,
    whole_edges,
)
from appliance.runtime.preparation import Preparation

BLOCK = (32, 8)
"Threads across and down: a warp writes 32 neighbours of a row at once."
STRIP = 4
"Rows of a result that one thread makes one after the other: source rows that they share are read once."
TILE = 32
"Side of the tiles of kernels/relief.cu and sharpness.cu, pixels."
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"Light of R, G, B, ITU-R BT.601, as OpenCV's grey has it."
COUNTERS = 128
"Most blocks that count light: each has counts of its own to add up in the end."


class CBlur(ctypes.Structure):
    """Weights by distance: struct Blur of kernels/relief.cu."""

    _fields_ = (("weights", ctypes.c_int32 * (RELIEF_SIDE // 2 + 1)),)


class JetsonImageOps:
    """ImageOps of the Jetson wing: tensors are (N, 3, H, W), float32, as `preparation` says. Results are fresh ones.

    Masks are 0 or 1 in bytes. It differs from the CPU wing by one 8-bit level at the most, before the normalisation.
    """

    def __init__(self, gpu: Gpu, preparation: Preparation) -> None:
        self._gpu = gpu
        self._detector = CNormal.of(preparation.detector)
        self._body = CNormal.of(preparation.body)
        self._appearance = CNormal.of(preparation.appearance)
        self._blur = blur_weights()

    def upload(self, rgb: NDArray[np.uint8]) -> Picture:
        """See ImageOps.upload; one counted copy."""
        height, width, _ = rgb.shape
        tensor = self._gpu.put_pixels(rgb)
        return Picture(tensor.address, 3 * width, width, height, RGB, owner=tensor)

    def letterbox(self, frame: Frame, width: int, height: int) -> tuple[Tensor, float]:
        """See ImageOps.letterbox; normalised for the detector."""
        scale, columns, rows = fit(frame, width, height)
        tensor = self._gpu.empty((1, 3, height, width), np.float32)
        place = (width, height, columns, rows, float(GREY))
        picture = frame.pixels.struct()
        self._gpu.launch(
            "letterbox", strips(width, height, 1), BLOCK, picture, self._detector, *place, tensor
        )
        return tensor, scale

    def crop(self, frame: Frame, boxes: FloatArray, width: int, height: int) -> Tensor:
        """See ImageOps.crop; normalised for the network of bodies."""
        crops = self._gpu.empty((len(boxes), 3, height, width), np.float32)
        windows = self._gpu.put(windows_of(frame, boxes))
        size = (width, height, float(GREY))
        grid, picture = strips(width, height, len(boxes)), frame.pixels.struct()
        self._gpu.launch("crop", grid, BLOCK, picture, windows, self._body, *size, crops)
        return crops

    def glance(self, frame: Frame, width: int, height: int) -> NDArray[np.uint8]:
        """See ImageOps.glance: a crop of the whole frame, whose normalisation is taken back on the host."""
        whole = np.array([[0, 0, frame.width, frame.height]], np.float32)
        (planes,) = self._gpu.glance(self.crop(frame, whole, width, height))
        mean, scale = (
            np.array(part, np.float32)[:, None, None] for part in (self._body.mean, self._body.scale)
        )
        light = np.tensordot(LUMA, planes / scale + mean, 1)
        return np.asarray(np.rint(light).clip(0, 255), np.uint8)

    def highlights(self, frame: Frame, boxes: FloatArray) -> FloatArray:
        """See ImageOps.highlights; what comes to the host is how often each level occurs."""
        width, height = quarter(frame)
        counts = self._gpu.put(np.zeros((2, 3, 256), np.int32))
        edges = self._gpu.put(quarter_edges(frame, boxes).astype(np.int32))
        grid, picture = (min(blocks(width * height, 256), COUNTERS),), frame.pixels.struct()
        self._gpu.launch("count_light", grid, (256,), picture, edges, len(boxes), width, height, counts)
        free, covered = self._gpu.figures(counts)
        still = free if free[0].sum() / (width * height) > LEAST_FREE else free + covered
        return np.array([quantile(levels, HIGHLIGHT) for levels in still], np.float32)

    def relief(self, cuts: Tensor, masks: Tensor) -> Tensor:
        """See ImageOps.relief; normalised for the appearance network."""
        count, height, width, _ = cuts.shape
        lights = self._gpu.empty((count, 2), np.float32)
        wanted = (LIGHT_OFFSET, GREY_SPREAD, LEAST_SPREAD)
        self._gpu.launch("relief_light", (count,), (1024,), cuts, masks, width * height, *wanted, lights)
        reliefs = self._gpu.empty((count, 3, height, width), np.float32)
        look = (width, height, LIGHT_OFFSET, GREY_LIGHT, GREY, self._blur, self._appearance)
        grid = tiles(width, height, count)
        self._gpu.launch("carve_reliefs", grid, BLOCK, cuts, masks, lights, *look, reliefs)
        return reliefs

    def sharpness(self, crops: Tensor, rows: IntArray) -> FloatArray:
        """See ImageOps.sharpness; what comes to the host are two sums for each tile."""
        _, _, height, width = crops.shape
        grid = tiles(width, height, len(rows))
        sums = self._gpu.empty((len(rows), grid[0] * grid[1], 2), np.int32)
        whose = self._gpu.put(rows.astype(np.int32))
        self._gpu.launch("sum_detail", grid, BLOCK, crops, whose, self._body, width, height, sums)
        total, squares = self._gpu.figures(sums).sum(axis=1, dtype=np.int64).T
        pixels = width * height
        return np.asarray((pixels * squares - total**2) / pixels**2, np.float32)

    def cut(
        self,
        frame: Frame,
        boxes: FloatArray,
        masks: Tensor,
        rows: IntArray,
        gains: FloatArray,
        width: int,
        height: int,
    ) -> tuple[Tensor, Tensor]:
        """See ImageOps.cut; cuts are bytes (K, height, width, 3), masks bytes (K, height, width), 0 or 1."""
        gpu, count, picture = self._gpu, len(boxes), frame.pixels.struct()
        whose, over = gpu.put(rows.astype(np.int32)), gpu.put(boxes.astype(np.float32))
        _, mask_height, mask_width = masks.shape
        garments = gpu.empty((count, 8), np.int32)
        gpu.launch(
            "find_garments", (count,), (1024,), picture, masks, whose, over, mask_width, mask_height, garments
        )
        cuts = gpu.empty((count, height, width, 3), np.uint8)
        kept = gpu.empty((count, height, width), np.uint8)
        look = (mask_width, mask_height, *gains.astype(np.float32), width, height, float(GREY))
        grid = strips(width, height, count)
        gpu.launch("cut_garments", grid, BLOCK, picture, masks, whose, garments, *look, cuts, kept)
        return cuts, kept


def blur_weights() -> CBlur:
    """Weights of a relief's blur, of 256, from the middle outwards: whole numbers, OpenCV's for 8-bit pictures."""
    reach = RELIEF_SIDE // 2
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / RELIEF_SIGMA) ** 2)
    return CBlur(tuple(np.rint(256 * bell / bell.sum()).astype(int).tolist()[reach:]))


def windows_of(frame: Frame, boxes: FloatArray) -> NDArray[np.int32]:
    """Boxes (N, 4) as left, top, width, height in whole pixels; one grey pixel for what is outside the frame."""
    edges = whole_edges(boxes)
    outside = (edges[:, 2:] <= 0).any(axis=1) | (edges[:, :2] >= (frame.width, frame.height)).any(axis=1)
    edges[outside] = (-1, -1, 0, 0)
    return np.asarray(np.concatenate([edges[:, :2], edges[:, 2:] - edges[:, :2]], axis=1), np.int32)


def strips(width: int, height: int, count: int) -> tuple[int, int, int]:
    """The grid for `count` results whose threads make STRIP rows of a column each."""
    return blocks(width, BLOCK[0]), blocks(height, BLOCK[1] * STRIP), count


def tiles(width: int, height: int, count: int) -> tuple[int, int, int]:
    """The grid for `count` results with a block for each tile."""
    return blocks(width, TILE), blocks(height, TILE), count


def quantile(counts: IntArray, share: float) -> float:
    """The level that a share of what was counted (L,) is below; between two neighbours linear, as np.quantile."""
    place = share * (counts.sum() - 1)
    levels = np.searchsorted(counts.cumsum(), [np.floor(place), np.ceil(place)], side="right")
    return float(levels[0] + (levels[1] - levels[0]) * (place - np.floor(place)))
