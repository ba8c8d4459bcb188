"""Small memory that was given back and still holds what was in it: the time in; all of it overwritten within seconds.

The vectors of passers-by are a few hundred bytes long. NumPy keeps freed blocks below a kilobyte at hand, seven of each
size, and so does glibc, neither of which wipes them (measured: vectors of the last two people, minutes after they had
left). Whoever takes more of each size than is kept gets them all, and writes over them. Larger blocks are wiped when
they are freed: see health/hardening.py.
"""

from __future__ import annotations

import numpy as np

LARGEST = 1040
"Bytes: NumPy keeps less than 1024, glibc 1032 (malloc.c, MAX_TCACHE_SIZE)."
STEP = 4
"Bytes: a figure of a vector."
KEPT = 15
"Blocks of a size: seven of NumPy's and seven of glibc's, and one more."
EVERY_S = 1.0
PARTS = 5
"Sizes are taken in turns, so that a frame waits for 0.3 ms and all is wiped within five seconds."


class Rinse:
    """Owner of the turn. Its thread is the one whose blocks are wiped: that of the vision loop."""

    def __init__(self) -> None:
        self._part = 0
        self._done_s = float("-inf")

    def tend(self, now_s: float) -> None:
        """To be called all the time."""
        if now_s - self._done_s < EVERY_S:
            return
        self._done_s, self._part = now_s, (self._part + 1) % PARTS
        for size in range(STEP * (1 + self._part), LARGEST + 1, STEP * PARTS):
            overwrite(size)


def overwrite(size: int) -> None:
    """Write over all freed blocks of `size` bytes that are kept at hand."""
    blocks = [np.empty(size, np.uint8) for _ in range(KEPT)]
    for block in blocks:
        block.fill(0)
