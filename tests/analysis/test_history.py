"""Booths that count, noise and pay as they do in a street, and what analysts make of what they tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.analysis.city import City, cities_of
from appliance.analysis.reading import read_releases
from appliance.analysis.release import Release
from appliance.analysis.report import page_of
from tests.analysis.history import play
from tests.analysis.planted import missed
from tests.analysis.streets import stands
from tests.analysis.test_release import CHECK
from tests.analysis.truth import Truth, of_releases, of_report

DAYS = 29
"The whole history, of 90 days, is `make trends-sample`."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three booths, one in each city."""
    root = tmp_path_factory.mktemp("releases")
    for stand in stands(DAYS):
        if stand.booth != "union-square":
            play(stand, DAYS, root)
    return root


@pytest.fixture(scope="module")
def releases(folder: Path) -> list[Release]:
    return read_releases([folder])


@pytest.fixture(scope="module")
def cities(releases: list[Release]) -> list[City]:
    return cities_of(releases)


def test_booths_tell_what_the_contract_says(folder: Path) -> None:
    files = list(folder.rglob("20*.json"))
    assert len(files) > 2 * DAYS
    for file in files:
        CHECK.validate(json.loads(file.read_bytes()))


def test_a_day_with_too_few_people_and_one_of_no_look_are_missing(releases: list[Release]) -> None:
    days = {
        booth: {one.date.day for one in releases if one.booth == booth} for booth in ("gran-via", "gotgatan")
    }
    assert 1 + DAYS // 2 not in days["gran-via"]
    assert 1 + DAYS // 2 not in days["gotgatan"]
    assert {len(told) for told in days.values()} == {DAYS - 1}


def test_the_street_lies_in_the_intervals_that_booths_tell(releases: list[Release]) -> None:
    score = of_releases(releases, Truth(stands(DAYS), DAYS))
    assert score.tries["share"] > 1000
    assert score.tries["novelty"] > 50
    assert score.too_seldom() == []


def test_the_street_lies_in_the_intervals_of_the_report(cities: list[City], releases: list[Release]) -> None:
    score = of_report(cities, releases, Truth(stands(DAYS), DAYS))
    assert score.tries["change"] > 50
    assert score.too_seldom() == []


def test_what_was_planted_comes_out_with_its_sign(cities: list[City]) -> None:
    assert missed(cities) == []


def test_the_report_says_it_in_words(releases: list[Release]) -> None:
    text = page_of(releases)
    assert "green on top rose from" in text
    assert "stripes fell from" in text
    assert "The cities differ most in white on top" in text
