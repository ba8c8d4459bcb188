"""Boxes for tests that overlap as people's do: hypothesis in, boxes with scores out."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from appliance.records import FloatArray

EDGES = st.floats(-100, 800, width=32)
SCORES = st.floats(0, 1, width=32)


@st.composite
def scored_boxes(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    """Boxes anywhere, and doubles of them moved a little, so that many overlap by much."""
    count = draw(st.integers(0, 6))
    raw = draw(arrays.arrays(np.float32, (count, 4), elements=EDGES))
    low, high = np.minimum(raw[:, :2], raw[:, 2:]), np.maximum(raw[:, :2], raw[:, 2:])
    alone = np.concatenate([low, high], axis=1)
    size = np.tile(high - low, 2)
    moved = alone + size * draw(arrays.arrays(np.float32, (count, 4), elements=st.floats(0, 0.5, width=32)))
    scores = draw(arrays.arrays(np.float32, (2 * count,), elements=SCORES))
    return np.concatenate([alone, moved]), scores
