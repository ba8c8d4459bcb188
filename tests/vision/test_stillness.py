"""What is kept to notice a camera that moves holds nobody."""

from __future__ import annotations

import numpy as np

from appliance.vision.stillness import Before


def test_nothing_of_whoever_is_in_view_is_kept() -> None:
    random = np.random.default_rng(3)
    picture = random.integers(1, 256, (108, 192)).astype(np.uint8)
    free = np.ones(picture.shape, np.bool_)
    free[20:80, 50:90] = False
    before = Before(picture, free)
    for name, kept in vars(before).items():
        if isinstance(kept, np.ndarray) and kept.shape == picture.shape:
            assert not kept[~free].any(), name
    assert before.shift(picture, free) == 0.0
