"""Words for an outfit: from the closed vocabulary, at most three, and the ones a passer-by would use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config import Rule
from appliance.runtime.cpu.neighbours import CpuNeighbours
from appliance.vision.colours import colour_name
from appliance.vision.decision import Decider
from appliance.vision.descriptor import MEASURES
from appliance.vision.novelty import Judge
from appliance.vision.reasons import reasons
from appliance.vocabulary import COLOURS, MOST_WORDS, PARTS, PATTERNS, WORDS
from calibration.bank import learn_bank
from tests.streets import BLUE, GREY, RED, Pixels, cloth, describe, passage

Colour = tuple[int, int, int]
DARK = (25, 25, 25)
BY_COLOUR = {"colour": 3.0, "light": 3.0, "texture": 0.1, "palette": 0.1}
BY_PATTERN = {"colour": 0.1, "light": 0.1, "texture": 3.0, "palette": 9.0}
"The palette only lends words; it moves nothing, however surprising."


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


def street_of(seed: int, patterns: tuple[str, ...]) -> Judge:
    """What 40 people in greys wear, in any of the patterns."""
    rng = np.random.default_rng(seed)
    greys = rng.integers(50, 180, (40, 2))
    worn = [
        cloth((a, a, a), (b, b, b), patterns[row % len(patterns)])
        for row, (a, b) in enumerate(greys.tolist())
    ]
    return Judge(learn_bank(describe(*worn), "descriptor/1", 1, seed), 1, CpuNeighbours)


def why(judge: Judge, worn: Pixels) -> tuple[str, ...]:
    seen = passage(1, {name: rows[0] for name, rows in describe(worn).items()})
    return Decider(Rule(), judge).decide([seen])[0].why


@pytest.fixture(scope="module")
def plain_street() -> Judge:
    return street_of(1, ("plain",))


@pytest.fixture(scope="module")
def patterned_street() -> Judge:
    return street_of(2, ("checks", "stripes"))


@settings(max_examples=15)
@given(st.integers(170, 250), st.integers(0, 40), st.sampled_from(["plain", "stripes"]))
def test_whoever_is_all_in_red_among_greys_is_called_red(
    plain_street: Judge, bright: int, other: int, pattern: str
) -> None:
    words = why(plain_street, cloth((bright, other, other), (bright, other, other), pattern))
    assert "red" in words
    assert pattern != "plain" or "whole" in words


@settings(max_examples=10)
@given(st.integers(90, 180), st.integers(90, 180))
def test_stripes_among_plain_greys_are_called_striped(plain_street: Judge, upper: int, lower: int) -> None:
    words = why(plain_street, cloth((upper, upper, upper), (lower, lower, lower), "stripes"))
    assert "striped" in words
    assert set(COLOURS) & set(words) <= {
        "black",
        "grey",
        "white",
    }  # half of such cloth is darker than the street


@settings(max_examples=10)
@given(st.integers(60, 170), st.integers(60, 170))
def test_plain_greys_among_patterned_ones_are_called_plain(
    patterned_street: Judge, upper: int, lower: int
) -> None:
    assert "plain" in why(patterned_street, cloth((upper, upper, upper), (lower, lower, lower)))


def test_a_striped_shirt_over_plain_trousers_is_striped() -> None:
    worn = np.concatenate([cloth(GREY, GREY, "stripes")[:128], cloth(GREY, GREY)[128:]])
    assert said(worn, cloth(GREY, GREY), BY_PATTERN) == ("striped",)


def test_stripes_down_the_body_are_striped_too() -> None:
    columns = np.where(np.arange(128) // 6 % 2, 0.4, 1.0)[None, :, None]
    worn = (cloth(GREY, GREY) * columns).astype(np.uint8)
    assert said(worn, cloth(GREY, GREY), BY_PATTERN) == ("striped",)


def test_who_is_dressed_in_white_among_greys_is_named_by_the_light() -> None:
    surprises = {"colour": 0.1, "light": 4.0, "texture": 0.1}
    assert said(cloth((250, 250, 250), (250, 250, 250)), cloth(GREY, GREY), surprises) == ("white", "whole")


def test_the_colour_that_is_usual_too_is_not_named() -> None:
    assert said(cloth(BLUE, RED), cloth(BLUE, GREY), BY_COLOUR) == ("red", "lower")
    assert said(cloth(BLUE, RED), cloth(BLUE, RED), BY_COLOUR) == ("mixed", "whole")


def test_an_outfit_of_many_colours_is_mixed() -> None:
    worn = cloth(GREY, GREY)
    for row, colour in enumerate([RED, BLUE, (20, 140, 40), (235, 200, 30)] * 4):
        worn[row * 16 : row * 16 + 16] = colour
    assert said(worn, cloth(GREY, GREY), BY_COLOUR) == ("mixed", "whole")


def test_what_surprised_speaks_in_the_order_of_speech_and_what_did_not_is_silent() -> None:
    worn, usual = cloth(RED, RED, "stripes"), cloth(GREY, GREY)
    assert said(worn, usual, {"structure": 5.0, "colour": 0.3, "texture": 0.2}) == ("cut",)
    assert said(worn, usual, {"structure": 5.0, "colour": 4.0, "texture": 0.2}) == ("cut", "red", "whole")
    assert said(worn, usual, {"structure": 0.1, "colour": 4.0, "texture": 3.9}) == ("striped", "red", "whole")
    assert said(worn, usual, {"texture": 4.0, "colour": 3.9}) == ("striped", "red", "whole")


def test_a_measure_of_another_layout_is_told_in_general_words() -> None:
    other = {"palette": np.ones(7, np.float32), "texture": np.ones(5, np.float32)}
    assert reasons({"colour": 3.0, "texture": 2.0}, other, other) == ("pattern", "colour")
    assert reasons({"colour": 3.0}, {}, {}) == ("colour",)


def test_a_measure_nobody_knows_has_no_words_of_its_own() -> None:
    words = said(cloth(RED, RED), cloth(GREY, GREY), {"aura": 9.0, "colour": 3.0})
    assert words == ("red", "whole")


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
