"""The dictionaries: complete in all languages, and honest about odds."""

from __future__ import annotations

from string import Formatter
from typing import get_args

import pytest

from appliance.config import Display
from appliance.display.card import Card
from appliance.display.standing import STANDINGS
from appliance.display.words import (
    LANGUAGES,
    MOST_ODDS,
    PHRASES_IN,
    WORDS_IN,
    odds_of,
    phrase_in,
    word_in,
    zone_in,
)
from appliance.vocabulary import WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_vocabulary_has_a_translation_of_its_own(language: str) -> None:
    assert set(WORDS_IN) == set(WORDS)
    said = [word_in(language, word) for word in WORDS]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_standing_and_phrase_has_a_translation(language: str) -> None:
    assert set(STANDINGS) <= set(PHRASES_IN)
    assert all(phrase_in(language, name).strip() for name in PHRASES_IN)
    fields = [name for _, name, _, _ in Formatter().parse(phrase_in(language, "odds")) if name]
    assert fields == ["n"]


def test_the_languages_are_those_of_the_settings() -> None:
    assert get_args(Display.model_fields["language"].annotation) == LANGUAGES


@pytest.mark.parametrize(
    ("rarity", "odds"), [(0, 1), (0.5, 2), (0.95, 20), (0.987, 77), (0.999, 1000), (1, MOST_ODDS)]
)
def test_rarity_is_told_as_odds(rarity: float, odds: int) -> None:
    assert odds_of(Card(rarity, (), "street", 0)) == odds


def test_where_nothing_is_known_yet_there_are_no_odds() -> None:
    assert odds_of(Card(None, (), "spot", 0, asked=True)) is None


def test_the_street_is_translated_and_a_zone_keeps_its_name() -> None:
    assert zone_in("sv", "street") == "gatan"
    assert zone_in("sv", "left-pavement") == "left pavement"
