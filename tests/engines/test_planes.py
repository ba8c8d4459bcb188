"""Planes: every value normalised, turned, and back again."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engines.layouts import Planar
from engines.planes import planes_of

NORMAL = Planar((120.0, 110.0, 100.0), (0.5, 0.25, 0.125), {})


@given(st.integers(0, 3), st.integers(1, 5), st.integers(1, 5), st.integers(0, 9))
def test_planes_undo_to_the_bytes(count: int, height: int, width: int, seed: int) -> None:
    packed = np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    planes = planes_of(packed, NORMAL)
    assert planes.dtype == np.float32
    assert planes.shape == (count, 3, height, width)
    assert planes.flags.c_contiguous
    for channel in range(3):
        back = planes[:, channel] / NORMAL.scale[channel] + NORMAL.mean[channel]
        assert np.array_equal(np.rint(back), packed[..., channel])
