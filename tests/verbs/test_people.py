"""Who is learned from a photo: those the camera was focused on."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.records import FloatArray, Passage
from appliance.verbs.people import FOREGROUND, Person, foreground

HEIGHTS = st.lists(st.floats(20, 2000), max_size=8)


def person(number: int, height_px: float) -> Person:
    vector: dict[str, FloatArray] = {"colour": np.ones(3, np.float32)}
    return Person("photo.jpg", Passage(number, 0.0, (0.0, 0.0, 40.0, height_px), "street", vector))


@given(HEIGHTS)
def test_the_tallest_is_always_in_the_foreground_and_nobody_below_half_of_it(heights: list[float]) -> None:
    kept = list(foreground(person(i, height) for i, height in enumerate(heights)))
    tall = [one.passage.box[3] for one in kept]
    assert tall == [height for height in heights if height >= FOREGROUND * max(heights)]
    assert bool(kept) == bool(heights)
