"""Masks of bodies on the device: silhouettes and points in, clothes, their core and counts out.

Mirrors runtime/cpu/bodies.py. The parts of a silhouette are labelled as by Hennequin et al. (DASIP 2018). The hull of
a trunk that is partly out of view may differ from the definition's along its border, by one point of the grid:
OpenCV bends edges where it clips them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.pose import GRID, HALF_SURE, SURE, BodyCounts
from appliance.records import FloatArray, IntArray
from appliance.runtime.jetson.gpu import Gpu, blocks
from appliance.runtime.jetson.skeletons import bodies_of
from appliance.runtime.jetson.tensor import Tensor

WARP = 32
"Threads that work on neighbours of one row."
WARPS = 8
"Per block."
FIRST = 0xFFFFFFFF
"Less the low half of `largest`: place of a person's first pixel."


class JetsonBodyOps:
    """BodyOps of the Jetson wing; stateless."""

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu

    def dress(
        self, silhouettes: Tensor | None, rows: IntArray, points: FloatArray, boxes: FloatArray
    ) -> tuple[Tensor, Tensor, BodyCounts]:
        """See BodyOps.dress; masks are uint8, 0 or 1."""
        height, width = (0, 0) if silhouettes is None else silhouettes.shape[2:]
        masks = (len(rows), height, width)
        clothes, cores = (self._gpu.empty(masks, np.uint8) for _ in range(2))
        table = bodies_of(rows, points, boxes, (height, width))
        if silhouettes is not None and 0 not in masks:
            table = self._counted(silhouettes, table, clothes, cores)
        return clothes, cores, counts_of(table, width)

    def _counted(
        self, silhouettes: Tensor, table: NDArray[np.void], clothes: Tensor, cores: Tensor
    ) -> NDArray[np.void]:
        """Fill the masks; the table (K,) with what was counted."""
        gpu, (count, height, width) = self._gpu, clothes.shape
        bodies = gpu.put(table)
        labels, areas = (gpu.empty(clothes.shape, np.int32) for _ in range(2))
        size, coarse = (launch_size(count, height, width, step) for step in (1, GRID))
        gpu.launch("body_runs", *size, silhouettes, bodies, labels, areas, width, height, SURE, *HALF_SURE)
        gpu.launch("body_merge", *size, labels, width, height)
        gpu.launch("body_areas", *size, bodies, labels, areas, width, height)
        gpu.launch("body_masks", *coarse, bodies, labels, clothes, cores, width, height, GRID)
        return gpu.figures(bodies)


def launch_size(count: int, height: int, width: int, step: int) -> tuple[tuple[int, int], tuple[int]]:
    """Grid and block for views with a thread for every `step`-th pixel of each direction; a warp keeps to one row."""
    segments = blocks(height, step) * blocks(blocks(width, step), WARP)
    return (blocks(segments, WARPS), count), (WARP * WARPS,)


def counts_of(table: NDArray[Any], width: int) -> BodyCounts:
    """What was counted of bodies (K,), dtype BODY, in silhouettes of `width` pixels."""
    columns, lines = (table["box"][:, 2:] - table["box"][:, :2]).clip(min=0).T
    person_px = table["largest"] >> 32
    first_row = (FIRST - (table["largest"] & FIRST)) // max(width, 1)
    reach = np.where(person_px > 0, table["last_row"] - first_row.astype(np.int64), 0)
    figures = (
        table["strange"] == 0,
        columns * lines,
        np.where(columns > 0, lines, 0),
        person_px,
        reach,
        table["doubt"],
        table["core"],
    )
    return BodyCounts.from_table(np.stack([one.astype(np.int64) for one in figures], axis=1))
