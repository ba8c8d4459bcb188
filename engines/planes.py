"""Pictures as the planar networks take them: packed bytes and a normalisation in, float32 planes out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.layouts import Planar


def planes_of(packed: NDArray[np.uint8], planar: Planar) -> NDArray[np.float32]:
    """Return (value - mean) * scale of packed RGB (N, H, W, 3) as planes (N, 3, H, W); N may be 0.

    The definition: a kernel that writes planes on a device has to agree with it.
    """
    mean, scale = (np.asarray(colour, np.float32) for colour in (planar.mean, planar.scale))
    normal = (packed.astype(np.float32) - mean) * scale
    return np.ascontiguousarray(normal.transpose(0, 3, 1, 2))
