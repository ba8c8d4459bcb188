"""Notices that the camera moved: in go foretold and seen boxes, out comes the shift they have in common."""

from __future__ import annotations

import numpy as np

from appliance.geometry import Array

FEWEST = 3
"People who have to agree; two may walk the same way by chance."
MORE = 2
"So many more people have to fit with the shift than without it."
CLOSE = 0.15
"Heights: a person fits a box this near."
FARTHEST = 1.0
"Heights: no picture jumps farther in one frame and is still worth following."
ALIKE = 0.3
"Logarithm of the ratio of heights up to which a box may be the person's."


def common_shift(foretold: Array, seen: Array) -> Array:
    """Return how far the whole picture jumped, (2,) pixels x and y; zero unless most people agree.

    `foretold` (N, 4) and `seen` (M, 4) are centre x, centre y, width, height. Every pair of a person and a box
    proposes a shift, and the one under which most people find a box wins, as in Fischler and Bolles, Random
    Sample Consensus, 1981, but trying all.
    """
    still = np.zeros(2)
    if min(len(foretold), len(seen)) < FEWEST:
        return still
    height = foretold[:, 3:]
    jumps = seen[None, :, :2] - foretold[:, None, :2]
    alike = np.abs(np.log(seen[:, 3] / height)) < ALIKE
    alike &= np.hypot(jumps[..., 0], jumps[..., 1]) < FARTHEST * height
    fits = alike & (np.hypot(jumps[..., 0], jumps[..., 1]) < CLOSE * height)
    least = max(FEWEST, int(fits.any(axis=1).sum()) + MORE, (len(foretold) + 1) // 2)
    if least > len(foretold) or not alike.any():
        return still
    proposals = jumps[alike]
    rest = jumps[None] - proposals[:, None, None]
    fits = alike & (np.hypot(rest[..., 0], rest[..., 1]) < CLOSE * height)
    agree = fits.any(axis=2).sum(axis=1)
    best = int(agree.argmax())
    return np.asarray(jumps[fits[best]].mean(axis=0)) if agree[best] >= least else still
