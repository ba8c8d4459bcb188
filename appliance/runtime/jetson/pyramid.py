"""Masked cuts at ever coarser scales on the device: cuts in, levels of light and colour out (see cpu/pyramid.py)."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from appliance.runtime.jetson.gpu import Gpu, blocks
from appliance.runtime.jetson.tensor import Pointer, Tensor
from appliance.runtime.scales import (
    COLOUR_OFFSET,
    COLOUR_UNIT,
    FINE_SIGMAS,
    GRAIN_PX,
    HALVED_SIGMA,
    HALVINGS,
    LIGHT_OFFSET,
    LIGHT_UNIT,
    gaussian,
    reach_of,
)

TILE_COLUMNS, TILE_ROWS = 32, 16
"What one block blurs, as in kernels/blur.cuh."
TILE_THREADS = (128,)
MOST_TAPS = 7
PLANES = 4
"Of a level: light, two colours, and how much of it the mask shows; one float4."


class CBlurTaps(ctypes.Structure):
    """BlurTaps of kernels/blur.cuh."""

    _fields_ = (("weight", ctypes.c_float * MOST_TAPS),)


class COpponents(ctypes.Structure):
    """Opponents of kernels/pyramid.cu."""

    _fields_ = tuple(
        (name, ctypes.c_float) for name in ("light_offset", "colour_offset", "light_unit", "colour_unit")
    )


class CLevels(ctypes.Structure):
    """Levels of kernels/texture.cu."""

    _fields_ = (("fine", ctypes.c_uint64 * len(FINE_SIGMAS)), ("coarse", ctypes.c_uint64 * HALVINGS))


@dataclass(frozen=True)
class Levels:
    """Planes (N, h, w, PLANES), float32, of N cuts, the finest first."""

    fine: list[Tensor]
    "Full size, means over what the mask shows."
    coarse: list[Tensor]
    "A half, a quarter and an eighth of the size, sums over what the mask shows."

    def struct(self) -> CLevels:
        """The levels as a kernel's argument; the tensors must be kept until it is launched."""
        fine, coarse = (tuple(level.address for level in levels) for levels in (self.fine, self.coarse))
        return CLevels(fine, coarse)


class Pyramid:
    """Makes levels; 52 bytes per pixel of the cut cross the memory, 1.7 MB for 128x256."""

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu
        self._rule = COpponents(LIGHT_OFFSET, COLOUR_OFFSET, LIGHT_UNIT, COLOUR_UNIT)
        self._fine = tuple(taps_of(sigma) for sigma in FINE_SIGMAS)
        self._halved = taps_of(HALVED_SIGMA)

    def levels(self, cuts: Tensor, masks: Tensor) -> Levels:
        """Five levels of cuts (N, H, W, 3) behind masks (N, H, W), 0 or 1, both uint8. Four launches."""
        count, height, width = sizes_of(cuts, masks)
        fine = [self._planes(count, height, width) for _ in FINE_SIGMAS]
        halved = self._planes(count, height // 2, width // 2)
        arguments = (cuts, masks, width, height, self._rule, *self._fine, *fine, halved)
        self._gpu.launch("pyramid_fine", tiles_of(count, height, width), TILE_THREADS, *arguments)
        coarse = []
        for halvings in range(1, HALVINGS + 1):
            level, halved = self._coarse(halved, last=halvings == HALVINGS)
            coarse.append(level)
        return Levels(fine, coarse)

    def _coarse(self, plane: Tensor, *, last: bool) -> tuple[Tensor, Tensor]:
        """The blurred plane, and the same at half the size unless it is the last."""
        count, height, width, _ = plane.shape
        level = self._planes(count, height, width)
        halved = level if last else self._planes(count, height // 2, width // 2)
        grid = tiles_of(count, height, width)
        onward = Pointer(0) if last else halved
        arguments = (plane, width, height, self._halved, level, onward)
        self._gpu.launch("pyramid_coarse", grid, TILE_THREADS, *arguments)
        return level, halved

    def _planes(self, count: int, height: int, width: int) -> Tensor:
        return self._gpu.empty((count, height, width, PLANES), np.float32)


def sizes_of(cuts: Tensor, masks: Tensor) -> tuple[int, int, int]:
    """Views, height and width. Raises ValueError for cuts and masks that do not fit, or no multiples of GRAIN_PX."""
    count, height, width = masks.shape
    if cuts.shape != (count, height, width, 3) or height % GRAIN_PX or width % GRAIN_PX:
        raise ValueError(f"cuts {cuts.shape} and masks {masks.shape} cannot be measured")
    return count, height, width


def tiles_of(count: int, height: int, width: int) -> tuple[int, int, int]:
    """Grid of tiles: columns, rows, views."""
    return blocks(width, TILE_COLUMNS), blocks(height, TILE_ROWS), count


def taps_of(sigma: float) -> CBlurTaps:
    """Weights of a blur from the middle outwards, zeros beyond its reach."""
    reach = reach_of(sigma)
    weights = np.zeros(MOST_TAPS)
    weights[: reach + 1] = gaussian(sigma, reach)[reach:]
    return CBlurTaps(tuple(weights))
