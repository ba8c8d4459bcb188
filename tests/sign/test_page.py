"""The second layer: every field in every language, readable by everybody, and nothing fetched from anywhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from appliance.law.disclosure import lacking
from appliance.law.profiles import CITIES, PROFILES, rights_of
from appliance.sign.content import content_of
from appliance.sign.page import draw_page
from appliance.sign.pictograms import INK, PAPER, QUIET, SIGNAL
from appliance.sign.words import TEXTS, words_in
from tests.law.booths import SIGN, booth_of

LANGUAGES = ("en", "fr", "sv", "es")


class Reader(HTMLParser):
    """What a screen reader would say, by language, and how the page is built."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.headings: list[int] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._languages: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.tags.add(tag)
        self.links += [value for key in ("href", "src") if (value := values.get(key))]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in ("meta", "br"):
            self._languages.append(
                (tag, values.get("lang") or (self._languages[-1][1] if self._languages else ""))
            )

    def handle_endtag(self, tag: str) -> None:
        assert self._languages.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self._languages and self._languages[-1][0] != "style":
            language = self._languages[-1][1]
            self.said[language] = self.said.get(language, "") + data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.mark.parametrize("city", CITIES)
def test_every_field_is_told_in_every_language(tmp_path: Path, city: str) -> None:
    settings = booth_of(tmp_path, city)
    content = content_of(settings)
    said = read(draw_page(content)).said
    assert list(said) == [told.language for told in content.told]
    profile = PROFILES[CITIES[city]]
    for told in content.told:
        text, words = said[told.language], words_in(told.language)
        for fact in told.facts:
            assert fact.label in text
            assert fact.text in text
        for right in rights_of(profile, settings.sign.legal_basis or ""):
            assert words.rights_of[right] in text
        assert {fact.label for fact in told.facts} >= labels_wanted(city, words.labels.model_dump())
        assert "730" in text
        assert "30" in text


def labels_wanted(city: str, labels: dict[str, str]) -> set[str]:
    """GDPR art. 13(1)(a), (c), (2)(a), (b), (d); PIPEDA 4.1, 4.2, 4.5, 4.8, 4.9, 4.10; in New York by our own wish."""
    keys = {"controller", "contact", "purposes", "legal_basis", "retention"}
    keys |= {"rights", "authority"} if city != "new-york" else set()
    keys |= {"officer"} if city == "toronto" else set()
    return {labels[key] for key in keys}


def test_the_page_needs_nothing_but_itself(tmp_path: Path) -> None:
    page = draw_page(content_of(booth_of(tmp_path, "madrid")))
    reader = read(page)
    assert reader.links == ["#es", "#en"]
    assert not reader.tags & {"script", "img", "link", "iframe", "form", "object"}
    assert "url(" not in page
    assert "@import" not in page


def test_a_screen_reader_finds_its_way(tmp_path: Path) -> None:
    page = draw_page(content_of(booth_of(tmp_path, "toronto")))
    reader = read(page)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert reader.headings == [1, *[2] * 6, 1, *[2] * 6]
    assert reader.tags >= {"main", "header", "nav", "footer", "article"}


def test_what_is_filled_in_is_no_code(tmp_path: Path) -> None:
    sign = {**SIGN, "controller": "<script>alert(1)</script> & Co"}
    page = draw_page(content_of(booth_of(tmp_path, "madrid", sign=sign)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_same_settings_give_the_same_page(tmp_path: Path) -> None:
    content = content_of(booth_of(tmp_path, "madrid"))
    assert draw_page(content) == draw_page(content)


@pytest.mark.parametrize(
    ("front", "back"), [(INK, SIGNAL), (INK, PAPER), (QUIET, PAPER), (SIGNAL, INK), (PAPER, INK)]
)
def test_the_colours_can_be_told_apart_by_weak_eyes(front: tuple[int, ...], back: tuple[int, ...]) -> None:
    assert contrast(front, back) >= 4.5


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: tuple[int, ...]) -> float:
    shares = [value / 255 for value in colour]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_of_a_language_can_be_printed_and_lack_nothing(language: str) -> None:
    words, english = words_in(language), words_in("en")
    words.model_dump_json().encode("latin-1")
    for key in ("how", "refusal", "purposes", "legal_basis", "rights", "rights_of"):
        assert getattr(words, key).keys() == getattr(english, key).keys(), key
    shape = [len(section.paragraphs) for section in words.layer.sections]
    assert shape == [len(section.paragraphs) for section in english.layer.sections]
    marks = re.findall(
        r"\{(\w+)\}", (TEXTS / f"{language}.yaml").read_text(encoding="utf-8").split("\n", 1)[1]
    )
    assert sorted(marks) == ["days", "days", "messages_days", "refusal"]


@pytest.mark.parametrize("city", CITIES)
def test_a_sign_that_lacks_a_field_is_refused_by_its_key(tmp_path: Path, city: str) -> None:
    for key in PROFILES[CITIES[city]].fields:
        settings = booth_of(tmp_path, city)
        empty = settings.sign.model_copy(update={key: () if key in ("purposes", "rights") else None})
        found = lacking(settings.model_copy(update={"sign": empty}))
        assert [fault.key for fault in found] == [("sign", key)]
