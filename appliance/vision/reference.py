"""The street without people: small pictures and where people may be in; lines, and what is not known yet, out.

What is under anybody's box does not count. Of the rest each pixel keeps how often it had each light, and the drawing is
made of the light it has most of the time: whoever the detector overlooked in a few pictures is outvoted. All of it is
in memory, of one session, and forgotten with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, MaskArray
from appliance.vision.edges import edges_of, widened

LEVELS = 64
"Classes of light, four levels each."
SAMPLE_EVERY_S = 0.5
LEAST_SAMPLES = 20
LEAST_SPAN_S = 10.0
"A pixel is known from so many samples over so long a time."
MOST_SAMPLES = 240
"Then all counts are halved: the light of an hour ago draws no lines."
GROW = 0.2
"Of a box's size, to each side: hands, bags and what the detector cuts off."
STEADY, NEAR = 0.6, 2
"Share of the samples that have to lie within so many classes of the median where a line is to be drawn."

Light = NDArray[np.uint8]


class Reference:
    """Owner of what is known of one empty street, seen by a camera that is still."""

    def __init__(self, width: int, height: int) -> None:
        """`width` and `height`: pixels of the small pictures."""
        self.size = (width, height)
        self._counts = np.zeros((LEVELS, height * width), np.uint16)
        self._samples = np.zeros(height * width, np.uint16)
        self._since_s = np.full(height * width, np.inf)
        self._known = np.zeros(height * width, np.bool_)
        self._sampled_s = -np.inf

    def add(self, picture: Light, people: FloatArray, now_s: float) -> None:
        """Count a picture (H, W), but for what boxes (N, 4), in shares of it, cover; more often than due it is not."""
        if now_s - self._sampled_s < SAMPLE_EVERY_S:
            return
        self._sampled_s = now_s
        places = np.flatnonzero(~covered(people, *self.size).ravel())
        self._counts[picture.ravel()[places] // (256 // LEVELS), places] += 1
        self._samples[places] += 1
        self._since_s[places] = np.minimum(self._since_s[places], now_s)
        enough = (self._samples >= LEAST_SAMPLES) & (now_s - self._since_s >= LEAST_SPAN_S)
        self._known |= enough
        if self._samples.max(initial=0) >= MOST_SAMPLES:
            self._counts //= 2
            self._samples = self._counts.sum(axis=0, dtype=np.uint16)

    def draw(self) -> tuple[MaskArray, MaskArray]:
        """Lines of the empty street and where it is not known, both (H, W)."""
        width, height = self.size
        unseen = ~self._known.reshape(height, width)
        usual, steady = self._usual()
        # What is beside the unknown has an edge towards nothing, and beside a light that changes one towards somebody.
        doubtful = widened(unseen, 2) | widened(~steady.reshape(height, width), 1)
        return edges_of(usual.reshape(height, width)) & ~doubtful, unseen

    def _usual(self) -> tuple[FloatArray, MaskArray]:
        """The median light of each pixel and whether it has it most of the time, both (P,)."""
        half = (self._samples + 1) // 2
        total, median = np.zeros_like(self._samples), np.zeros(len(half), np.intp)
        for counts in self._counts:  # three times as fast as a sum of the whole table down its columns
            total += counts
            median += total < half
        median.clip(0, LEVELS - 1, out=median)
        places, near = np.arange(len(median)), np.zeros_like(self._samples)
        for step in range(-NEAR, NEAR + 1):
            level = median + step
            near += np.where((level >= 0) & (level < LEVELS), self._counts[level % LEVELS, places], 0)
        return np.asarray((median + 0.5) * (256 // LEVELS), np.float32), near >= STEADY * self._samples


def covered(people: FloatArray, width: int, height: int) -> MaskArray:
    """What boxes (N, 4), in shares of the picture, cover of (height, width) when each is grown by GROW and a pixel."""
    mask = np.zeros((height, width), np.bool_)
    size = people[:, 2:] - people[:, :2]
    first = np.floor((people[:, :2] - GROW * size) * (width, height)).astype(np.int64) - 1
    last = np.ceil((people[:, 2:] + GROW * size) * (width, height)).astype(np.int64) + 1
    for (left, top), (right, bottom) in zip(first.clip(0).tolist(), last.clip(0).tolist(), strict=True):
        mask[top:bottom, left:right] = True
    return mask
