"""City against city: what is compared, and what differs for sure."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.analysis.contrast import apart, compared, rows_of, z_of
from appliance.analysis.sides import widest
from tests.analysis.builders import history, message, plain_street
from tests.analysis.test_city import cities

DAYS = 14


def whiter(_: int) -> Any:
    street = plain_street()
    return {**street, "upper-colour": {**street["upper-colour"], "white": 0.24, "black": 0.24}}


def test_every_pair_is_compared_in_every_table_that_both_have() -> None:
    three = [one for name in ("a", "b", "c") for one in history(name, name, DAYS, plain_street)]
    found = apart(cities(*three))
    assert len(found) == 3 * 4
    assert all(one.bits.low <= 0 for one in found)


def test_a_difference_is_found_where_it_is_and_nowhere_else() -> None:
    both = cities(*history("a", "a", DAYS, plain_street), *history("b", "b", DAYS, whiter))
    sure = {one.table for one in apart(both) if one.bits.low > 0}
    assert sure == {"upper-colour"}
    rows = rows_of(both)
    assert {(row.table, row.label) for row in widest(rows, z_of(rows))} == {
        ("upper-colour", "white"),
        ("upper-colour", "black"),
    }


def test_the_surest_distance_is_what_all_intervals_leave() -> None:
    both = cities(*history("a", "a", DAYS, plain_street), *history("b", "b", DAYS, whiter))
    white = next(row for row in rows_of(both) if (row.table, row.label) == ("upper-colour", "white"))
    low, high = white.shares["b"].low, white.shares["a"].high
    assert white.widest(1.959964) == pytest.approx(low - high, abs=1e-6)
    assert white.widest(100) == 0


def test_styles_of_different_lists_are_not_compared() -> None:
    other = history("b", "b", DAYS, plain_street, codebook="styles-2:0123456789ab")
    both = cities(*history("a", "a", DAYS, plain_street), *other)
    assert "style" not in {one.table for one in apart(both)}
    assert "style" not in {row.table for row in rows_of(both)}


def test_cities_whose_list_changed_have_no_styles_to_compare() -> None:
    later = [
        one | {"codebook": "styles-2:0123456789ab"} if one["day"] > "2026-03-07" else one
        for name in ("a", "b")
        for one in history(name, name, DAYS, plain_street)
    ]
    assert "style" not in {one.table for one in apart(cities(*later))}


def test_cities_are_compared_on_the_days_that_both_told() -> None:
    """Else a winter of one would meet a summer of the other."""

    def turning(day: int) -> Any:
        return whiter(day) if day < 28 else plain_street()

    long, short = history("a", "a", 56, turning), history("b", "b", 56, plain_street)
    both = cities(*long, *short[28:])
    assert {one.table for one in apart(both) if one.bits.low > 0} == set()
    assert widest(rows_of(both), z_of(rows_of(both))) == []
    assert (apart(cities(*long[:30], *short[24:])), rows_of(cities(*long[:30], *short[24:]))) == ([], [])


def test_a_city_that_has_just_begun_takes_the_comparison_from_no_other() -> None:
    both = [*history("a", "a", DAYS, plain_street), *history("b", "b", DAYS, whiter)]
    late = [message("c", "c", day, plain_street()) for day in range(DAYS - 2, DAYS)]
    assert rows_of(cities(*both, *late)) == rows_of(cities(*both))
    assert [city.name for city in compared(cities(*both, *late))] == ["a", "b"]
    assert compared(cities(*late, *history("d", "d", 5, plain_street))) == []


def test_of_groups_as_large_the_one_with_most_days_in_common_is_compared() -> None:
    three = [("a", range(10)), ("b", range(20)), ("c", range(11, 20))]
    told = [message(name, name, day, plain_street()) for name, days in three for day in days]
    found = compared(cities(*told))
    assert [(city.name, len(city.days)) for city in found] == [("a", 10), ("b", 10)]
