"""An outfit in words follows the colours of its parts; a heading follows the person."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.outfit import HEADINGS, MIXED, PARTS, UNSEEN, Outfit
from appliance.records import FloatArray
from appliance.vision.headings import Box, heading_of
from appliance.vision.outfits import outfit_of
from appliance.vocabulary import COLOURS

HERE: Box = (100.0, 50.0, 150.0, 200.0)


def palette(*parts: dict[str, float]) -> FloatArray:
    shares = np.zeros((PARTS, len(COLOURS)), np.float32)
    for row, part in enumerate(parts):
        for name, share in part.items():
            shares[row, COLOURS.index(name)] = share / PARTS
    return np.sqrt(shares).ravel()


def test_the_parts_are_named_from_chest_to_shoes() -> None:
    measures = {
        "palette": palette({"red": 1}, {"red": 0.8, "black": 0.2}, {"blue": 1}, {"blue": 0.5, "white": 0.4})
    }
    assert outfit_of(measures) == Outfit("red", "blue", ("red", "red", "blue", "blue"), "plain")


def test_no_colour_leads_where_each_has_little() -> None:
    motley = dict.fromkeys(COLOURS, 1 / len(COLOURS))
    assert outfit_of({"palette": palette(motley, motley, motley, motley)}).upper == MIXED


def test_nothing_measured_is_unseen() -> None:
    assert outfit_of({}) == UNSEEN
    assert outfit_of({"palette": np.zeros(PARTS * len(COLOURS), np.float32)}) == UNSEEN


@given(st.lists(st.floats(0, 1, width=32), min_size=PARTS * len(COLOURS), max_size=PARTS * len(COLOURS)))
def test_every_palette_has_words(roots: list[float]) -> None:
    outfit_of({"palette": np.array(roots, np.float32), "texture": np.array(roots[:21], np.float32) * 5})


@pytest.mark.parametrize("steps", [(3.5, 3.5, "patterned"), (4.0, 3.0, "striped"), (2.0, 2.0, "plain")])
def test_cloth_is_patterned_when_its_light_is_steep(steps: tuple[float, float, str]) -> None:
    across, down, word = steps
    texture = np.array([0.0] * 12 + [across, down, (across + down) / 2] * 3, np.float32)
    assert outfit_of({"palette": palette(*[{"red": 1.0}] * 4), "texture": texture}).pattern == word


def test_other_words_are_no_outfit() -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        Outfit("red", "bare", ("red",) * PARTS, "plain")


@pytest.mark.parametrize(
    ("last", "word"),
    [
        ((200.0, 50.0, 250.0, 200.0), "right"), ((0.0, 50.0, 50.0, 200.0), "left"),
        ((95.0, 50.0, 155.0, 240.0), "towards"), ((105.0, 50.0, 145.0, 160.0), "away"), (HERE, "still"),
    ],
)  # fmt: skip
def test_a_heading_is_where_the_box_goes(last: Box, word: str) -> None:
    assert heading_of(HERE, last) == word


@given(st.tuples(*[st.floats(-1e4, 1e4)] * 4), st.tuples(*[st.floats(-1e4, 1e4)] * 4))
def test_any_boxes_have_a_heading(first: Box, last: Box) -> None:
    assert heading_of(first, last) in HEADINGS
