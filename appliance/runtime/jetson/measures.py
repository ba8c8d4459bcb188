"""Colour and light of garments on the device: masked cuts in, a few hundred figures per view out.

Mirrors runtime/cpu/measures.py. One launch per measure for all N views, and one fetch of its figures, which waits for
the device. What is added up in parallel is added up in a fixed order, or counted in whole units of 2^-18 to 2^-20 of a
pixel: two runs give the same bits.
"""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray
from appliance.runtime.jetson.gpu import Gpu, blocks
from appliance.runtime.jetson.pyramid import sizes_of
from appliance.runtime.jetson.tensor import Tensor
from appliance.runtime.jetson.texture import Texture
from appliance.runtime.scales import (
    CHROMA_BINS,
    CHROMA_OFFSET,
    CHROMA_REACH,
    CHROMA_SIGMA,
    LEAST_PX,
    LIGHT_OFFSET,
    LIGHT_PARTS,
    LIGHT_STEPS,
    PALETTE_PARTS,
    TEXTURE_FIGURES,
    blur_matrix,
)

THREADS = (512,)
"Of the blocks that measure colour and light."
MOST_NAMES = 64
"Of a palette, as in kernels/colour.cu."
POOL_CHANNELS, POOL_CELLS, POOL_THREADS = 256, 1024, (256,)
"Channels of one block, and the most cells of a feature map, as in kernels/pool.cu."


class CLightRule(ctypes.Structure):
    """LightRule of kernels/colour.cu."""

    _fields_ = (
        ("offset", ctypes.c_float),
        ("steps", ctypes.c_float * len(LIGHT_STEPS)),
        ("least_px", ctypes.c_int32),
    )


class JetsonMeasures:
    """Measures of the Jetson wing. Cuts (N, H, W, 3) and masks (N, H, W), 0 or 1, are uint8 Tensors.

    H and W are multiples of GRAIN_PX, else ValueError. Figures are the caller's, on the host.
    """

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu
        self._texture = Texture(gpu)
        self._spread = gpu.put(blur_matrix(CHROMA_BINS, CHROMA_SIGMA, CHROMA_REACH))
        steps = np.log(np.array(LIGHT_STEPS) + LIGHT_OFFSET)
        self._rule = CLightRule(LIGHT_OFFSET, tuple(steps), LEAST_PX)
        self._names: NDArray[np.uint8] | None = None
        self._table: Tensor | None = None
        self._named = 0

    def colour(self, cuts: Tensor, masks: Tensor) -> FloatArray:
        """Histograms of the colour plane, shape (N, 169), float32, unit length; see CpuMeasures.colour."""
        count, height, width = sizes_of(cuts, masks)
        found = self._gpu.empty((count, CHROMA_BINS * CHROMA_BINS), np.float32)
        arguments = (cuts, masks, width, height, CHROMA_OFFSET, self._spread, found)
        self._gpu.launch("measure_colour", (count,), THREADS, *arguments)
        return self._gpu.figures(found)

    def light(self, cuts: Tensor, masks: Tensor) -> FloatArray:
        """Four classes of light, upper and lower half, shape (N, 8), float32; see CpuMeasures.light."""
        count, height, width = sizes_of(cuts, masks)
        found = self._gpu.empty((count, LIGHT_PARTS * len(LIGHT_STEPS)), np.float32)
        arguments = (cuts, masks, width, height, self._rule, found)
        self._gpu.launch("measure_light", (LIGHT_PARTS, count), THREADS, *arguments)
        return self._gpu.figures(found)

    def pattern(self, cuts: Tensor, masks: Tensor) -> tuple[FloatArray, FloatArray]:
        """Pattern figures (N, 21), float32, >= 0, and the weave (N, 300); see CpuMeasures.pattern."""
        figures: FloatArray = self._gpu.figures(self._texture.measure(cuts, masks))
        return figures[:, :TEXTURE_FIGURES].copy(), figures[:, TEXTURE_FIGURES:].copy()

    def palette(self, cuts: Tensor, masks: Tensor, names: NDArray[np.uint8], count: int) -> FloatArray:
        """Named colours of four parts, shape (N, 4 * count), float32; see CpuMeasures.palette.

        The table `names` stays on the device while the same array is given. Raises ValueError for more than
        MOST_NAMES, or a table that names others.
        """
        views, height, width = sizes_of(cuts, masks)
        found = self._gpu.empty((views, PALETTE_PARTS * count), np.float32)
        table = self._table_of(names, count)
        arguments = (cuts, masks, width, height, table, count, found)
        self._gpu.launch("measure_palette", (views,), THREADS, *arguments)
        return self._gpu.figures(found)

    def _table_of(self, names: NDArray[np.uint8], count: int) -> Tensor:
        if self._table is None or names is not self._names:
            self._table, self._names, self._named = self._gpu.put(names), names, int(names.max()) + 1
        if not self._named <= count <= MOST_NAMES:
            raise ValueError(f"a palette of {count} with {self._named} names; at most {MOST_NAMES}")
        return self._table

    def pool(self, features: Tensor, masks: Tensor) -> FloatArray:
        """Mean of features (N, C, h, w), float32, over masks, by covered share, shape (N, C); see CpuMeasures.pool.

        h divides H and w divides W. Raises ValueError when they do not, or for more than POOL_CELLS cells.
        """
        count, channels, rows, columns = features.shape
        _, height, width = masks.shape
        if height % rows or width % columns or rows * columns > POOL_CELLS:
            raise ValueError(f"features {features.shape} do not lie over masks {masks.shape}")
        means = self._gpu.empty((count, channels), np.float32)
        sizes = (channels, rows, columns, height // rows, width // columns)
        grid = (blocks(channels, POOL_CHANNELS), count)
        self._gpu.launch("pool_features", grid, POOL_THREADS, features, masks, *sizes, means)
        return self._gpu.figures(means)
