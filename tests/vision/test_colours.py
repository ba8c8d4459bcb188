"""Names of colours: every colour has one, and the table is what the names say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.vision.colours import colour_name, colour_table
from appliance.vocabulary import COLOURS


@given(st.floats(0, 100), st.floats(-128, 127), st.floats(-128, 127))
def test_every_colour_has_a_name(light: float, green_red: float, blue_yellow: float) -> None:
    assert colour_name(light, green_red, blue_yellow) in COLOURS


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 0, 0), "red"),
        ((0, 0, 255), "blue"),
        ((0, 200, 0), "green"),
        ((255, 230, 0), "yellow"),
        ((250, 250, 250), "white"),
        ((0, 0, 0), "black"),
        ((120, 120, 120), "grey"),
        ((250, 130, 0), "orange"),
        ((130, 30, 170), "purple"),
        ((255, 160, 190), "pink"),
        ((90, 55, 30), "brown"),
        ((215, 195, 160), "beige"),
        ((0, 190, 200), "cyan"),
    ],
)
def test_the_table_names_colours_as_people_do(rgb: tuple[int, int, int], name: str) -> None:
    red, green, blue = (channel >> 3 for channel in rgb)
    assert COLOURS[colour_table()[(red * 32 + green) * 32 + blue]] == name


def test_every_name_is_in_the_table_and_every_place_has_a_name() -> None:
    table = colour_table()
    assert table.shape == (32768,)
    assert set(np.unique(table)) == set(range(len(COLOURS)))
