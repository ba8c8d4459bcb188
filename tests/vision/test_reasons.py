"""Words for an outfit: from the closed vocabulary, at most three, and the ones a passer-by would use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.vision.descriptor import MEASURES
from appliance.vision.reasons import colour_name, reasons
from appliance.vocabulary import COLOURS, MOST_WORDS, PARTS, PATTERNS, WORDS
from tests.streets import BLUE, GREY, RED, Pixels, cloth, describe

Colour = tuple[int, int, int]
DARK = (25, 25, 25)
BY_COLOUR = {"colour": 3.0, "stripes": 3.0, "texture": 0.1}
BY_PATTERN = {"colour": 0.1, "stripes": 0.1, "texture": 3.0}


def said(worn: Pixels, usual: Pixels, surprises: dict[str, float]) -> tuple[str, ...]:
    rows = describe(worn, usual)
    return reasons(surprises, {n: r[0] for n, r in rows.items()}, {n: r[1] for n, r in rows.items()})


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        (RED, "red"),
        (BLUE, "blue"),
        ((20, 140, 40), "green"),
        ((235, 200, 30), "yellow"),
        ((245, 245, 245), "white"),
        ((8, 8, 8), "black"),
        ((240, 120, 20), "orange"),
        ((130, 50, 160), "purple"),
        ((240, 150, 180), "pink"),
    ],
)
def test_a_jacket_of_a_rare_colour_is_called_by_it(colour: Colour, name: str) -> None:
    words = said(cloth(colour, GREY), cloth(GREY, GREY), BY_COLOUR)
    assert words[:2] == (name, "upper")


def test_trousers_are_the_lower_part() -> None:
    assert said(cloth(GREY, RED), cloth(GREY, GREY), BY_COLOUR)[:2] == ("red", "lower")


def test_one_colour_from_neck_to_foot_is_the_whole() -> None:
    assert said(cloth(RED, RED), cloth(GREY, DARK), BY_COLOUR)[:2] == ("red", "whole")


@pytest.mark.parametrize("pattern", ["stripes", "checks"])
def test_a_pattern_in_a_plain_street_is_named_first(pattern: str) -> None:
    words = said(cloth(GREY, GREY, pattern), cloth(GREY, GREY), BY_PATTERN)
    assert words[0] in PATTERNS
    assert words[0] != "plain"


def test_stripes_have_a_direction_and_checks_have_none() -> None:
    assert said(cloth(GREY, GREY, "stripes"), cloth(GREY, GREY), BY_PATTERN)[0] == "striped"
    assert said(cloth(GREY, GREY, "checks"), cloth(GREY, GREY), BY_PATTERN)[0] == "patterned"


def test_plain_cloth_in_a_patterned_street_is_called_plain() -> None:
    assert said(cloth(GREY, GREY), cloth(GREY, GREY, "checks"), BY_PATTERN)[0] == "plain"


@given(st.integers(0, 10_000), st.sampled_from([BY_COLOUR, BY_PATTERN, dict.fromkeys(MEASURES, 0.0)]))
def test_any_vectors_give_at_most_three_words_of_the_vocabulary(
    seed: int, surprises: dict[str, float]
) -> None:
    rng = np.random.default_rng(seed)
    worn, usual = (
        {n: rng.random(length).astype(np.float32) for n, length in MEASURES.items()} for _ in range(2)
    )
    words = reasons(surprises, worn, usual)
    assert 1 <= len(words) <= MOST_WORDS
    assert set(words) <= set(WORDS)
    assert len(set(words)) == len(words)
    assert sum(word in COLOURS for word in words) <= 2
    assert sum(word in PARTS for word in words) <= 1


@given(st.floats(0, 100), st.floats(-128, 127), st.floats(-128, 127))
def test_every_colour_has_a_name(light: float, green_red: float, blue_yellow: float) -> None:
    assert colour_name(light, green_red, blue_yellow) in COLOURS
