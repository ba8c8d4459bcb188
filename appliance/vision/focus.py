"""How sharp the lens is: frames and where people are in; the detail of nine blocks, and of the best so far, out."""

from __future__ import annotations

from collections import deque

import numpy as np

from appliance.records import FloatArray, Frame
from appliance.runtime.seam import ImageOps

ROWS = COLUMNS = 3
SHRINK = 2
"Blocks are looked at in half size: a fourth of the sensor's noise, and what the garments need is still there."
MOST_COVERED = 0.1
"Share of a block that people may cover."
LOOKS = 5
"The median of so many looks counts: somebody overlooked in one of them must not set the best for good."


class Focus:
    """Owner of what was sharpest in this session: figures compare within it only, as streets are not alike."""

    def __init__(self, image: ImageOps) -> None:
        self._image = image
        self._looks: list[deque[float]] = [deque(maxlen=LOOKS) for _ in range(ROWS * COLUMNS)]
        self._best = np.zeros(ROWS * COLUMNS)

    def look(self, frame: Frame, people: FloatArray) -> tuple[float | None, ...]:
        """Detail of each block, row by row; None where boxes (N, 4) in pixels of the frame cover it."""
        blocks = blocks_of(frame)
        free = np.flatnonzero(shares_covered(blocks, people) <= MOST_COVERED)
        width, height = (max(8, int(side) // SHRINK) for side in blocks[0, 2:] - blocks[0, :2])
        crops = self._image.crop(frame, blocks[free], width, height)
        detail = self._image.sharpness(crops, np.arange(len(free))) if len(free) else np.zeros(0)
        for block, value in zip(free.tolist(), detail.tolist(), strict=True):
            self._looks[block].append(value)
            if len(self._looks[block]) == LOOKS:
                self._best[block] = max(self._best[block], float(np.median(self._looks[block])))
        seen = set(free.tolist())
        return tuple(
            looks[-1] if block in seen and looks else None for block, looks in enumerate(self._looks)
        )

    def of_the_best(self) -> float | None:
        """0..1: how much of the detail there was at its best is there now; None before any block was known."""
        known = np.flatnonzero(self._best > 0)
        if not len(known):
            return None
        now = np.array([np.median(self._looks[block]) for block in known.tolist()])
        return float(min(1.0, now.sum() / self._best[known].sum()))


def blocks_of(frame: Frame) -> FloatArray:
    """The blocks of a frame, row by row: boxes (9, 4) of the same even number of whole pixels."""
    width, height = (max(SHRINK, side // 3 // SHRINK * SHRINK) for side in (frame.width, frame.height))
    left, top = np.meshgrid(np.arange(COLUMNS) * width, np.arange(ROWS) * height)
    corners = np.stack([left.ravel(), top.ravel()], axis=1)
    whole = np.concatenate([corners, corners + np.array([width, height])], axis=1)
    return np.asarray(whole, np.float32)


def shares_covered(blocks: FloatArray, people: FloatArray) -> FloatArray:
    """What boxes (N, 4) cover of blocks (M, 4), shape (M,), those that overlap counted twice."""
    first = np.maximum(blocks[:, None, :2], people[None, :, :2])
    last = np.minimum(blocks[:, None, 2:], people[None, :, 2:])
    common = (last - first).clip(0).prod(axis=2).sum(axis=1)
    return np.asarray(common / (blocks[:, 2:] - blocks[:, :2]).prod(axis=1), np.float32)
