"""Booths of one city as one street."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.analysis.city import City, cities_of
from appliance.analysis.release import release_from
from tests.analysis.builders import history, message, plain_street


def cities(*messages: dict[str, Any]) -> list[City]:
    releases = [release_from(one) for one in messages]
    return cities_of(sorted(releases, key=lambda one: (one.city, one.booth, one.day)))


def cell(values: dict[str, Any], table: str, label: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one
        for told in values["tables"]
        if told["name"] == table
        for one in told["cells"]
        if one["label"] == label
    )
    return found


def test_a_booth_alone_is_its_city() -> None:
    one = message("madrid", "b", 0, plain_street())
    (city,) = cities(one)
    share = city.days[0].tables["pattern"].shares["plain"]
    told = cell(one, "pattern", "plain")
    assert (share.value, share.low, share.high) == pytest.approx(
        (told["share"], told["low"], told["high"]), abs=1e-6
    )
    assert city.streets == ()


def test_booths_count_by_their_passages() -> None:
    few, many = (
        message("madrid", "b", 0, plain_street(), 1000),
        message("madrid", "c", 0, plain_street(), 4000),
    )
    (city,) = cities(few, many)
    share = city.days[0].tables["pattern"].shares["plain"]
    shares = [cell(one, "pattern", "plain")["share"] for one in (few, many)]
    assert share.value == pytest.approx(0.2 * shares[0] + 0.8 * shares[1])
    assert city.days[0].passages == 5000
    assert [street.booths for street in city.streets] == [("b",), ("c",)]


def test_two_booths_are_surer_than_one() -> None:
    one, two = message("madrid", "b", 0, plain_street()), message("madrid", "c", 0, plain_street())
    (alone,), (both,) = cities(one), cities(one, two)
    spreads = [city.days[0].tables["pattern"].shares["plain"].spread for city in (alone, both)]
    assert spreads[1] == pytest.approx(spreads[0] / 2**0.5, rel=0.05)


def test_a_cell_that_one_booth_does_not_tell_stays_open_by_what_its_rule_allows() -> None:
    with_green, without = message("madrid", "b", 0, plain_street()), message("madrid", "c", 0, plain_street())
    colours = without["tables"][0]
    colours["cells"] = [one for one in colours["cells"] if one["label"] != "green"]
    (city,) = cities(with_green, without)
    green = city.days[0].tables["upper-colour"].shares["green"]
    most = (20 + 2 * colours["noise_half_width"]) / 3000
    assert green.slack == pytest.approx(most / 4)
    assert green.value == pytest.approx(cell(with_green, "upper-colour", "green")["share"] / 2 + most / 4)


def test_a_day_of_which_nobody_told_is_absent() -> None:
    (city,) = cities(*(one for one in history("madrid", "b", 5, plain_street) if one["day"] != "2026-03-03"))
    assert [day.day.day for day in city.days] == [1, 2, 4, 5]


def test_novelty_is_the_mean_of_the_booths_that_have_it() -> None:
    told = message("madrid", "b", 0, plain_street())
    silent = message("madrid", "c", 0, plain_street(), novelty=None)
    (city,) = cities(told, silent)
    assert city.days[0].novelty is not None
    assert city.days[0].novelty.value == pytest.approx(told["novelty"]["value"])
    (none,) = cities(silent)
    assert none.days[0].novelty is None


def test_cities_come_by_name_with_what_looked_at_them() -> None:
    one = message("stockholm", "b", 0, plain_street(), engine="old")
    two = message("stockholm", "b", 1, plain_street(), engine="new")
    found = cities(message("madrid", "b", 0, plain_street()), one, two)
    assert [(city.name, city.engines) for city in found] == [
        ("madrid", ("b7c1d2e3f4a5",)),
        ("stockholm", ("old", "new")),
    ]
    assert found[1].title == "Stockholm"
