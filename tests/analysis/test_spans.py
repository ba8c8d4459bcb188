"""What changed from the first weeks to the last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appliance.analysis.spans import changes_of, diversities_of, spans_of
from appliance.analysis.summary import rounded, variety
from appliance.analysis.wording import course_of
from tests.analysis.builders import FIRST, history, plain_street, rising_street
from tests.analysis.test_city import cities


def test_a_long_history_is_compared_by_its_first_and_last_four_weeks() -> None:
    (city,) = cities(*history("madrid", "b", 90, plain_street))
    assert spans_of(city) == (FIRST, FIRST + timedelta(62), 28)


@pytest.mark.parametrize(("days", "length"), [(13, 0), (14, 7), (27, 7), (28, 14), (56, 28), (57, 28)])
def test_a_short_one_by_whole_weeks_of_its_halves(days: int, length: int) -> None:
    (city,) = cities(*history("madrid", "b", days, plain_street))
    assert spans_of(city)[2] == length
    assert changes_of(city).days == length


def test_what_rises_and_falls_is_found_with_its_sign() -> None:
    (city,) = cities(*history("madrid", "b", 56, rising_street))
    moved = {(change.table, change.label): change.difference.value for change in changes_of(city).moved()}
    assert moved["upper-colour", "green"] == pytest.approx(0.028, abs=0.006)
    assert moved["upper-colour", "black"] < 0
    assert moved["pattern", "striped"] < 0


def test_a_street_that_stays_the_same_has_no_movers() -> None:
    for seed in range(3):
        (city,) = cities(*history("madrid", "b", 56, plain_street, seed=seed))
        assert changes_of(city).moved() == []


def test_a_booth_that_falls_silent_changes_nothing() -> None:
    def white(_: int) -> Any:
        street = plain_street()
        return {**street, "upper-colour": {**street["upper-colour"], "white": 0.3, "black": 0.1}}

    steady, leaving = history("madrid", "b", 56, plain_street), history("madrid", "c", 30, white)
    (city,) = cities(*steady, *leaving)
    changes = changes_of(city)
    assert changes.days == 28
    assert changes.moved() == []


def test_a_booth_that_hardly_told_at_the_end_has_no_say() -> None:
    days = history("madrid", "b", 56, plain_street)
    (city,) = cities(*days[:30], *days[-3:])
    assert changes_of(city).days == 0


def test_days_of_other_networks_and_styles_of_another_list_are_not_compared() -> None:
    days = history("madrid", "b", 28, plain_street)
    (city,) = cities(*days[:14], *(day | {"engine": "newer"} for day in days[14:]))
    assert changes_of(city).days == 0
    (city,) = cities(*days[:14], *(day | {"codebook": "styles-2:0123456789ab"} for day in days[14:]))
    assert {change.table for change in changes_of(city).cells} == {"upper-colour", "lower-colour", "pattern"}


@pytest.mark.parametrize(("early", "late", "hidden"), [(0.001, 0.05, "before"), (0.05, 0.001, "after")])
def test_a_cell_that_comes_up_from_what_cannot_be_told_or_sinks_there_is_found(
    early: float, late: float, hidden: str
) -> None:
    def street(day: int) -> Any:
        share = early if day < 28 else late
        return {"pattern": {"plain": 0.8 - share, "mixed": 0.2, "striped": share}}

    (city,) = cities(*history("madrid", "b", 56, street))
    changes = changes_of(city)
    stripes = next(change for change in changes.cells if change.label == "striped")
    assert stripes.hidden == {hidden}
    assert stripes.difference.sign(changes.z) == (1 if late > early else -1)
    assert stripes.difference.low <= late - early <= stripes.difference.high
    assert "below " in course_of(stripes)


def test_a_cell_at_the_limit_is_no_riser() -> None:
    """What was held back may have been as much as what is told now."""

    def street(day: int) -> Any:
        share = 0.006 if day < 28 else 0.012
        return {"pattern": {"plain": 0.8 - share, "mixed": 0.2, "striped": share}}

    (city,) = cities(*history("madrid", "b", 56, street))
    assert "striped" not in {change.label for change in changes_of(city).moved()}


def test_diversity_is_said_to_move_only_between_days_that_compare() -> None:
    days = history("madrid", "b", 56, plain_street)
    (city,) = cities(*days)
    assert diversities_of(city) is not None
    assert "did not change for certain" in variety([city])
    for change in ({"engine": "newer"}, {"codebook": "styles-2:0123456789ab"}):
        (city,) = cities(*days[:28], *(day | change for day in days[28:]))
        assert diversities_of(city) is None
        assert variety([city]) == ""


@pytest.mark.parametrize(("number", "told"), [(0, 0), (7, 7), (430, 430), (4321, 4320), (987_654, 988_000)])
def test_passages_are_told_to_three_digits(number: int, told: int) -> None:
    assert rounded(number) == told
