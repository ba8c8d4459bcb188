"""Bodies dressed by the device and by the definition: silhouettes, points and boxes in, where they differ out."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.pose import GRID
from appliance.records import DeviceArray, FloatArray, IntArray, MaskArray
from appliance.runtime.cpu.bodies import CpuBodyOps
from appliance.runtime.jetson.bodies import JetsonBodyOps
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.seam import BodyCounts
from tests.bodies import standing_points

POINTS = standing_points()
TIED_PX = 5 * GRID**2
"Pixels of a core in view that may differ: OpenCV rounds the ends of some rows of the trunk on its own."
Call = tuple[FloatArray, IntArray, FloatArray, FloatArray]
"What `dress` is given."


def fitted(shape: tuple[int, int], points: NDArray[Any] = POINTS) -> FloatArray:
    """Points (33, 2) of the network's view in a view of another shape."""
    return (points * [shape[1] / 256, shape[0] / 256]).astype(np.float32)


def all_of(shape: tuple[int, ...]) -> FloatArray:
    """The box (4,) of a whole view."""
    return np.array([0, 0, shape[1], shape[0]], np.float32)


def on_device(
    gpu: Gpu, silhouettes: FloatArray, *call: DeviceArray
) -> tuple[MaskArray, MaskArray, BodyCounts]:
    """Clothes, cores and counts of the device, on the host."""
    clothes, cores, counts = JetsonBodyOps(gpu).dress(gpu.put(silhouettes), *call)
    assert clothes.dtype == cores.dtype == np.uint8
    pictures = [gpu.figures(masks) for masks in (clothes, cores)]
    assert all((picture <= 1).all() for picture in pictures)
    return pictures[0] > 0, pictures[1] > 0, counts


def core_difference(gpu: Gpu, *call: DeviceArray) -> MaskArray:
    """Where the cores (K, H, W) of device and definition differ; all else must be the same."""
    clothes, cores, counts = on_device(gpu, *call)
    wanted_clothes, wanted_cores, wanted = CpuBodyOps().dress(*call)
    np.testing.assert_array_equal(clothes, wanted_clothes)
    for one in fields(BodyCounts):
        if one.name != "core_px":
            np.testing.assert_array_equal(getattr(counts, one.name), getattr(wanted, one.name), one.name)
    np.testing.assert_array_equal(counts.core_px, cores.sum(axis=(1, 2)))
    difference: MaskArray = cores != wanted_cores
    return difference


def assert_same(gpu: Gpu, *call: DeviceArray) -> None:
    """All the same but TIED_PX of each core."""
    assert (core_difference(gpu, *call).sum(axis=(1, 2)) <= TIED_PX).all()


def one_body(silhouette: FloatArray, points: FloatArray, box: FloatArray | None = None) -> Call:
    """The call for a silhouette (H, W) of one body, by default with all of the view in its box."""
    box = all_of(silhouette.shape) if box is None else box
    return silhouette[None, None], np.zeros(1, np.int64), points[None], box[None]
