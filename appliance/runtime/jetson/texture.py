"""Pattern of garments on the device: masked cuts in, how they change by scale and direction, and their weave, out."""

from __future__ import annotations

import numpy as np

from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.pyramid import PLANES, TILE_THREADS, Levels, Pyramid, taps_of, tiles_of
from appliance.runtime.jetson.tensor import Tensor
from appliance.runtime.scales import (
    MIN_PATTERN_PX,
    NEIGHBOURHOOD,
    STEEPEST,
    STEEPNESS_BINS,
    STEEPNESS_REACH,
    STEEPNESS_SIGMA,
    TEXTURE_FIGURES,
    WEAVE_SHARES,
    blur_matrix,
)

FIGURES_THREADS = (320,)
"One for each share of the weave and the count, in whole warps, as in kernels/pattern.cu."


class Texture:
    """Pattern as runtime/cpu/texture.py and weave.py define it, of all views in seven launches.

    Besides the pyramid 56 bytes per pixel of the cut cross the memory, 1.8 MB for 128x256.
    """

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu
        self._pyramid = Pyramid(gpu)
        self._near = taps_of(NEIGHBOURHOOD)
        self._spread = gpu.put(blur_matrix(STEEPNESS_BINS, STEEPNESS_SIGMA, STEEPNESS_REACH))

    def measure(self, cuts: Tensor, masks: Tensor) -> Tensor:
        """Figures (N, 21 + 300), float32: texture, then weave, of cuts (N, H, W, 3) behind masks (N, H, W), uint8."""
        levels = self._pyramid.levels(cuts, masks)
        sums, slopes = self._slopes(levels, masks)
        counts = self._weave(slopes)
        figures = self._gpu.empty((masks.shape[0], TEXTURE_FIGURES + WEAVE_SHARES), np.float32)
        arguments = (sums, sums.shape[1], counts, counts.shape[1], self._spread, MIN_PATTERN_PX, figures)
        self._gpu.launch("pattern_figures", (masks.shape[0],), FIGURES_THREADS, *arguments)
        return figures

    def _slopes(self, levels: Levels, masks: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Sums over the core by tile, (N, tiles, 22), and mean slopes of its 2x2 cells, (N, H / 2, W / 2, PLANES)."""
        count, height, width = masks.shape
        grid = columns, rows, _ = tiles_of(count, height, width)
        sums = self._gpu.empty((count, columns * rows, TEXTURE_FIGURES + 1), np.float32)
        shape = count, height // 2, width // 2, PLANES
        slopes = [self._gpu.empty(shape, np.float32) for _ in range(2)]
        arguments = (levels.struct(), masks, width, height, sums, *slopes)
        self._gpu.launch("texture_slopes", grid, TILE_THREADS, *arguments)
        return sums, slopes

    def _weave(self, slopes: list[Tensor]) -> Tensor:
        """Pixels of the core by slopes and tile, (N, tiles, 300 + 1), in units of 2^-20; the last one their number."""
        count, height, width, _ = slopes[0].shape
        grid = columns, rows, _ = tiles_of(count, height, width)
        counts = self._gpu.empty((count, columns * rows, WEAVE_SHARES + 1), np.uint32)
        arguments = (*slopes, width, height, self._near, STEEPNESS_BINS / STEEPEST, counts)
        self._gpu.launch("weave_counts", grid, TILE_THREADS, *arguments)
        return counts
