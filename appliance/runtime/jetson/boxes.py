"""People's boxes on the device: a network's boxes in, the few that are people of the frame out, on the host.

Mirrors runtime/cpu/boxes.py: the same boxes in the same order.
"""

from __future__ import annotations

import ctypes

import numpy as np

from appliance.records import FloatArray
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.tensor import Tensor

MOST = 1024
"""Boxes that are compared with each other, as in kernels/boxes.cu: the best, where a network sees more above its floor.

The definition has no such limit; a frame with as many strong boxes is noise.
"""
FEW = 256
"Boxes that are fetched at once, as in kernels/boxes.cu; 5 kB. A street rarely shows more people."


class CSieve(ctypes.Structure):
    """Which boxes stay; struct Sieve of kernels/boxes.cu."""

    _fields_ = (
        ("overlap", ctypes.c_double),
        *((name, ctypes.c_float) for name in ("scale", "floor", "width", "height")),
        ("count", ctypes.c_int32),
    )


class JetsonBoxOps:
    """BoxOps of the Jetson wing; stateless."""

    def __init__(self, gpu: Gpu) -> None:
        self._gpu = gpu

    def strongest(
        self,
        boxes: Tensor,
        scores: Tensor,
        scale: float,
        size: tuple[int, int],
        floor: float,
        overlap: float,
    ) -> tuple[FloatArray, FloatArray]:
        """See BoxOps.strongest; of more than MOST boxes that stand only the best MOST are looked at."""
        first, rest = (self._gpu.empty((rows, 5), np.float32) for rows in (1 + FEW, MOST - FEW))
        sieve = CSieve(overlap, scale, floor, *size, boxes.shape[1])
        self._gpu.launch("strongest_boxes", (1,), (MOST,), boxes, scores, sieve, first, rest)
        table = self._gpu.figures(first)
        count, found = int(table[0, 0]), table[1:]
        if count > FEW:
            found = np.concatenate([found, self._gpu.figures(rest)])
        return found[:count, :4].copy(), found[:count, 4].copy()
