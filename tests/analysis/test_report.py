"""The page: what it says, what it holds, and that it needs nothing but itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from appliance.analysis.report import page_of
from tests.analysis.builders import history, message, plain_street, rising_street, write
from tests.analysis.test_city import cities
from tests.command import booth
from tests.pages import read

DAYS = 42


def whiter(_: int = 0) -> Any:
    street = plain_street()
    return {**street, "upper-colour": {**street["upper-colour"], "white": 0.24, "black": 0.24}}


def slow(day: int) -> Any:
    return rising_street(day // 5)


def page(*messages: dict[str, Any]) -> str:
    return page_of([release for city in cities(*messages) for release in releases_of(city, messages)])


def releases_of(city: Any, messages: Any) -> Any:
    from appliance.analysis.release import release_from

    ours = [release_from(one) for one in messages if one["city"] == city.name]
    return sorted(ours, key=lambda one: (one.booth, one.day))


@pytest.fixture(scope="module")
def three() -> str:
    """Of three cities, one of which lacks a day."""
    madrid = [one for one in history("madrid", "b", DAYS, whiter) if one["day"] != "2026-03-12"]
    other = history("new-york", "a", DAYS, rising_street), history("stockholm", "c", DAYS, plain_street)
    return page(*madrid, *other[0], *other[1])


def summary(text: str) -> str:
    found = re.search(r'<div class="summary">(.*?)</div>', text, re.S)
    assert found
    return re.sub(r"<[^>]*>", "", found[1])


def test_it_opens_with_what_changed(three: str) -> None:
    words = summary(three)
    assert re.search(
        r"In New York, between its first and its last 21 days, green on top rose from [67]\.\d to [89]\.\d",
        words,
    )
    assert "stripes fell from 7." in words
    assert "In Madrid and Stockholm nothing moved by more than chance may explain." in words
    assert re.search(r"differ most in white on top: 2\d\.\d.% in Madrid", words)
    assert "1 of 126 days is missing" in words


def test_every_figure_has_a_name_a_description_and_a_table(three: str) -> None:
    figures = re.findall(r"<svg role=\"img\" aria-labelledby=\"(\S+) (\S+)\"", three)
    assert len(figures) >= 6
    for title, description in figures:
        assert re.search(
            rf'<title id="{title}">[^<]+</title><desc id="{description}">[^<]{{20,}}</desc>', three
        )
    sections = three.split('<section class="plate"')[1:]
    assert all("<table>" in section for section in sections)


def test_no_id_comes_twice_and_every_reference_leads_somewhere(three: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', three)
    assert len(ids) == len(set(ids))
    named = re.findall(r'(?:href="#|url\(#)([^")]+)', three)
    assert set(named) <= set(ids)


def test_it_fetches_nothing_and_runs_nothing(three: str) -> None:
    tags = read(three).tags
    assert not {"script", "img", "link", "iframe", "object"} & set(tags)
    assert not re.search(r"(?:src|href|action)=\"(?!#)", three)
    assert "@import" not in three
    assert not re.search(r"url\((?!#)", three)
    assert "default-src 'none'" in three


def test_it_says_what_its_figures_rest_on(three: str) -> None:
    assert "epsilon 1 over all" in three
    assert "up to twice as much for what somebody wore" in three
    assert "how many people passed, minute by minute" in three
    assert "nobody can tell" not in three
    for words in ("at least 200 passages", "at least 20 passages", "suppressed, mean", "Birge", "12 Mar"):
        assert words in three


def test_equal_releases_give_equal_pages() -> None:
    messages = history("madrid", "b", 15, plain_street)
    assert page(*messages) == page(*messages)


def test_one_city_of_one_day_is_a_page_too() -> None:
    text = page(message("madrid", "b", 0, plain_street(), novelty=None))
    assert "told of too few days that compare" in summary(text)
    assert "City against city" not in text


def test_a_city_of_two_days_is_named_and_the_others_are_compared() -> None:
    both = [*history("madrid", "b", 28, whiter), *history("new-york", "a", 28, plain_street)]
    text = page(*both, *(message("toronto", "t", day, plain_street()) for day in (26, 27)))
    words = summary(text)
    assert "The cities differ most in white on top" in words
    assert "Toronto has too few days in common with the others to be compared." in words
    assert "What sets the cities apart" in text
    assert "on the 28 days that all of them told" in text


def test_a_city_without_a_table_does_not_stop_the_others() -> None:
    few = history("madrid", "b", 15, lambda _: {"pattern": {"plain": 0.8}})
    assert "Days told" in page(*few, *history("stockholm", "c", 15, plain_street))


def test_what_makes_days_incomparable_is_said_before_the_figures() -> None:
    both = [
        message("madrid", "b", day, plain_street(), engine="old" if day < 7 else "new") for day in range(15)
    ]
    other = history("stockholm", "c", 15, plain_street, codebook="styles-2:0123456789ab")
    text = page(*both, *other)
    assert "networks that look were changed" in text
    assert "different lists of styles" in text


def test_a_year_of_four_cities_stays_below_five_megabytes() -> None:
    quiet = [one for name in "abc" for one in history(f"city-{name}", name, 365, plain_street)]
    messages = [*quiet, *history("city-d", "d", 365, slow)]
    assert len(page(*messages).encode()) < 5_000_000


def test_more_cities_than_marks_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", [message(f"city-{n}", f"b{n}", 0, plain_street()) for n in range(7)])
    done = booth("trends", "report", folder, "--out", tmp_path / "out.html")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "7 cities" in done.err
    assert not (tmp_path / "out.html").exists()


def test_days_far_apart_are_refused_and_named(tmp_path: Path) -> None:
    messages = [message("madrid", "b", day, plain_street()) for day in (0, 8000)]
    done = booth("trends", "report", write(tmp_path / "in", messages), "--out", tmp_path / "out.html")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "2048-01-25" in done.err


def test_diversity_is_told_to_rise_fall_or_stay() -> None:
    def told(city: str, step: float) -> list[dict[str, Any]]:
        values = [9 + step * day for day in range(28)]
        return [
            one | {"diversity": {"value": value, "low": value - 0.2, "high": value + 0.2}}
            for one, value in zip(history(city, city, 28, plain_street), values, strict=True)
        ]

    words = summary(page(*told("up", 0.05), *told("down", -0.05), *told("level", 0)))
    assert re.search(
        r"rose in Up \(9\.3 to 10\.0\), fell in Down .* and did not change for certain in Level", words
    )


def test_a_day_like_no_other_is_named() -> None:
    days = history("madrid", "b", 28, plain_street)
    days[20] |= {"novelty": {"value": 0.03, "low": 0.02, "high": 0.04, "days": 20}}
    assert "The day least like the four weeks before it was 21\u00a0March 2026 in Madrid." in summary(
        page(*days)
    )


def test_the_verb_writes_the_page_and_names_it(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", history("madrid", "b", 2, plain_street))
    done = booth("trends", "report", folder, "--out", tmp_path / "out.html")
    assert (done.code, done.out.strip()) == (0, str(tmp_path / "out.html"))
    assert (tmp_path / "out.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
