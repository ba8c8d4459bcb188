"""The portrait of a bank: true to the bank, thresholds that hold, and nobody in it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from appliance.artifacts import MIN_SUPPORTERS, Bank
from appliance.vision.descriptor import MEASURES, VERSION
from appliance.vision.novelty import references_of, tail_share
from appliance.vision.rarity import conformal_share
from appliance.vocabulary import COLOURS
from calibration.bank import learn_bank
from calibration.cards import PARTS, pattern_word
from calibration.portrait import common, portrait_of
from calibration.report import SWATCHES, columns_of, learned_json, learned_page, patches_of
from calibration.thresholds import distance_at, threshold_of
from tests.pages import read

PEOPLE = 200
RED, BLUE = COLOURS.index("red"), COLOURS.index("blue")


@lru_cache(maxsize=1)
def street() -> Bank:
    """Three in four wear red above blue, one in four blue above red."""
    rng = np.random.default_rng(0)
    shares = rng.random((PEOPLE, PARTS, len(COLOURS))) * 0.02
    for person in range(PEOPLE):
        top, bottom = (RED, BLUE) if person % 4 else (BLUE, RED)
        shares[person, :2, top] += 1
        shares[person, 2:, bottom] += 1
    shares /= shares.sum(axis=(1, 2), keepdims=True)
    palette = np.sqrt(shares).reshape(PEOPLE, -1).astype(np.float32)
    noise = {name: rng.random((PEOPLE, length), np.float32) for name, length in MEASURES.items()}
    return learn_bank({**noise, "palette": palette}, VERSION)


def test_colours_have_the_shares_that_the_street_wears() -> None:
    palette = portrait_of(street()).palette
    assert sum(palette.values()) == pytest.approx(1)
    assert list(palette)[:2] in (["red", "blue"], ["blue", "red"])
    assert palette["red"] == pytest.approx(0.45, abs=0.05)
    assert list(palette.values()) == sorted(palette.values(), reverse=True)


def test_cards_show_the_upper_part_above_the_lower() -> None:
    cards = portrait_of(street()).cards
    assert sum(card.weight for card in cards) == pytest.approx(1)
    for card in cards:
        assert len(card.shares) == PARTS
        assert np.sum(card.shares) == pytest.approx(1)
        assert card.supporters >= MIN_SUPPORTERS
    red_above = [card.weight for card in cards if card.shares[0][RED] > card.shares[0][BLUE]]
    assert sum(red_above) == pytest.approx(0.75, abs=0.1)


def test_patches_fill_a_card_from_the_top_down() -> None:
    card = portrait_of(street()).cards[0]
    patches = patches_of(card)
    assert patches[0].y == 0
    assert max(patch.y + patch.height for patch in patches) == pytest.approx(128, abs=0.5)
    assert {patch.fill for patch in patches} <= set(SWATCHES.values())


def test_every_colour_of_the_vocabulary_has_a_swatch() -> None:
    assert set(SWATCHES) == set(COLOURS)


def test_nothing_told_has_fewer_than_ten_supporters() -> None:
    portrait = portrait_of(street(), 30, {"too dark": 12, "too small": 9, "blurred": 3})
    assert portrait.fewest >= MIN_SUPPORTERS
    assert min(step.passages for step in portrait.steps) >= MIN_SUPPORTERS
    assert min(one.supporters for one in portrait.patterns) >= MIN_SUPPORTERS
    assert portrait.reasons == {"too dark": 12, "other reasons": 12}


def test_reasons_of_few_people_are_not_told_at_all() -> None:
    assert common({"too small": 9}) == {}
    assert common({}) == {}
    assert "fewer than 10" in learned_page(portrait_of(street(), 3, {"too small": 3}))


@pytest.mark.parametrize("wanted", [0.02, 0.05, 0.2])
def test_the_threshold_is_the_distance_of_the_wanted_share(wanted: float) -> None:
    bank = street()
    distance = distance_at(bank, wanted)
    away = np.array([distance - 1e-3, distance + 1e-3])
    below, above = conformal_share(tail_share(away, bank.fused), references_of(bank))
    assert above <= wanted <= below


def test_a_threshold_tells_its_interval_and_whether_it_is_too_early() -> None:
    line = threshold_of(street(), 0.05)
    assert line.low < 0.05 < line.high
    assert line.readiness == "ok"
    young = replace(street(), passages=20)
    assert threshold_of(young, 0.05).readiness.startswith("too early to tell")
    assert threshold_of(young, 0.05).high > line.high


def test_the_histogram_holds_the_whole_street() -> None:
    steps = portrait_of(street()).steps
    assert sum(step.share for step in steps) == pytest.approx(1)
    assert [step.high for step in steps[:-1]] == [step.low for step in steps[1:]]
    assert steps[-1].high is None
    assert len(columns_of(steps)) == len(steps)
    assert columns_of(()) == []


@pytest.mark.parametrize(
    ("leaning", "strength", "word"),
    [(0.0, 0.0, "as most"), (0.0, 0.3, "patterned"), (0.0, -0.3, "plain"), (0.5, -0.3, "striped")],
)
def test_patterns_are_told_against_the_street(leaning: float, strength: float, word: str) -> None:
    assert pattern_word(leaning, strength) == word


def test_a_bank_without_palette_or_cells_is_told_still() -> None:
    bare = replace(street(), measures={"texture": street().measures["texture"]}, cells=None)
    portrait = portrait_of(bare)
    assert (portrait.palette, portrait.cards, portrait.steps) == ({}, (), ())
    assert "holds no palette" in learned_page(portrait)


def test_the_page_is_whole_and_fetches_and_runs_nothing() -> None:
    page = learned_page(portrait_of(street(), 30, {"too dark": 30}))
    reader = read(page)
    assert reader.open == []
    assert reader.fetched == []
    assert not {"script", "link", "img", "iframe"} & set(reader.tags)
    assert "http" not in page
    assert "too dark" in page


def test_json_is_the_portrait_with_null_for_what_is_infinite() -> None:
    portrait = portrait_of(street())
    endless = replace(portrait, thresholds=(replace(portrait.thresholds[0], distance=math.inf),))
    told = json.loads(learned_json(endless))
    assert told["schema"] == "learned/1"
    assert told["people"] == PEOPLE
    assert told["thresholds"][0]["distance"] is None
    assert told["palette"] == pytest.approx(portrait.palette)
