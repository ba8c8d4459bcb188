"""The kernels on pictures and tables so small that the answer is known: operations in, an error or none out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import BoothError
from appliance.records import DeviceArray, FloatArray, Frame
from appliance.runtime.preparation import Preparation
from appliance.runtime.seam import BoxOps, ImageOps, Neighbours

PLAIN = Preparation()
"Tensors that hold 8-bit colour as it is."
BANK = np.array([[0, 0], [3, 4], [-6, 8], [30, 40], [5, 0]], np.float32)
QUERY = np.array([[0, 0]], np.float32)
NEAREST, DISTANCES = (0, 1, 4, 2, 3), (0, 5, 5, 10, 50)
"Of two as near as each other the first row comes first."
BOXES = np.array([[[1, 1, 9, 9], [2, 1, 10, 9], [20, 20, 28, 30], [40, 5, 44, 9]]], np.float32)
SCORES = np.array([[0.6, 0.9, 0.8, 0.1]], np.float32)
STRONGEST, STRENGTHS = ((2, 1, 10, 9), (20, 20, 28, 30)), (0.9, 0.8)
"The first box lies on the second, the last is too weak."
SIDE, GREY = 4, 114
RED, SPREAD = (255, 0, 0), 40
"Limited-range video and the converter's rounding move a colour by a few steps, a swap of planes by far more."


def try_neighbours(open_bank: Callable[[FloatArray], Neighbours]) -> None:
    """Five rows, one of them the query itself, two at the same distance."""
    distances, rows = open_bank(BANK).search(QUERY, len(BANK))
    compare("neighbours", rows[0], NEAREST, 0)
    compare("neighbours", distances[0], DISTANCES, 0.05)


def try_boxes(ops: BoxOps, put: Callable[[NDArray[Any]], DeviceArray]) -> None:
    """Four boxes, of which two are people."""
    boxes, scores = ops.strongest(put(BOXES), put(SCORES), 1.0, (64, 48), 0.3, 0.5)
    compare("boxes", boxes, STRONGEST, 1e-3)
    compare("boxes", scores, STRENGTHS, 1e-3)


def try_letterbox(ops: ImageOps, planes_of: Callable[[DeviceArray], NDArray[Any]]) -> None:
    """A made-up picture of 4 x 2 whose every pixel differs, fitted into 4 x 4: itself, and grey below.

    `planes_of` gives a tensor as (1, 3, H, W) on the host.
    """
    picture = np.arange(0, 240, 10, dtype=np.uint8).reshape(SIDE // 2, SIDE, 3)
    tensor, _ = ops.letterbox(Frame(ops.upload(picture), SIDE, SIDE // 2, 0.0, 0), SIDE, SIDE)
    wanted = np.full((3, SIDE, SIDE), GREY, np.float32)
    wanted[:, : SIDE // 2] = picture.transpose(2, 0, 1)
    compare("letterbox", planes_of(tensor)[0], wanted, 1.0)


def try_red(ops: ImageOps, frame: Frame) -> str:
    """Whether a frame that should be all red is; returns its colour. Only three figures come to the host."""
    seen = ops.highlights(frame, np.zeros((0, 4), np.float32))
    told = ", ".join(f"{value:.0f}" for value in seen)
    if not np.allclose(seen, RED, atol=SPREAD):
        raise BoothError(
            f"zero-copy: a red picture is read as {told}; set camera.nvmm: off and tell the booth's makers"
        )
    return told


def compare(name: str, seen: Any, wanted: Any, spread: float) -> None:
    """Raise BoothError unless all figures are within `spread` of what NumPy says."""
    ours, theirs = np.asarray(seen, np.float64), np.asarray(wanted, np.float64)
    if ours.shape != theirs.shape or not np.allclose(ours, theirs, rtol=0, atol=spread):
        raise BoothError(
            f"the kernel of {name} gives wrong results on this GPU; run: make kernels, else set wing: cpu"
        )
