"""The words of the board: complete in all languages, each said somewhere, and honest about odds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.answers import ANSWERS
from appliance.config import Settings
from appliance.config.duties import Language
from appliance.display.asking import REFUSALS
from appliance.display.card import Card
from appliance.display.pages import PAGE, table_in
from appliance.display.standing import OWNERS, STANDINGS
from appliance.display.verdicts import VERDICTS
from appliance.display.words import LANGUAGES, MOST_ODDS, coarse, odds_of, words_in
from appliance.outfit import HEADINGS
from appliance.vision.zones import STREET
from appliance.vocabulary import WORDS
from calibration.siting import SUGGESTED

FAR = ("lost", "outside", "refused", "full")
"What a page says that hears nothing of the booth."
SAYING = re.compile(r"say\(\"([a-z-]+)\"")
QUOTED = re.compile(r"\"([a-z-]+)\"")
HOLE = re.compile(r"{(\w+)}")
FILLED = re.compile(r"{([\w-]+)}")
STRING = re.compile(r"\"([^\"\n]*)\"|`([^`]*)`")
SCRIPTS = sorted(PAGE.glob("*.js"))


def test_the_words_are_the_same_in_all_languages_and_so_are_their_holes() -> None:
    english = words_in("en")
    for language in LANGUAGES:
        words = words_in(language)
        assert words.keys() == english.keys(), language
        for word, text in words.items():
            assert text.strip() == text != "", (language, word)
            assert sorted(HOLE.findall(text)) == sorted(HOLE.findall(english[word])), (language, word)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_vocabulary_has_a_translation_of_its_own(language: Language) -> None:
    words = words_in(language)
    said = [words[f"word-{word}"] for word in WORDS]
    assert len(set(said)) == len(said)
    assert {word.removeprefix("word-") for word in words if word.startswith("word-")} == set(WORDS)


def proposed_zones() -> set[str]:
    """The names that a card may bear although nobody typed them."""
    sketch = (PAGE.parent / "field/page/sketch.js").read_text(encoding="utf-8")
    templates = re.findall(r'name: "([a-z]+)", kind: "scored"', sketch)
    added = re.findall(r'(?:scored|spot): "([a-z]+)"', sketch)
    assert templates
    assert added
    return {STREET, SUGGESTED, *templates, *added}


def test_every_zone_that_the_booth_names_itself_is_said_in_the_readers_language() -> None:
    code = (PAGE / "cards.js").read_text(encoding="utf-8")
    found = re.search(r"OWN_ZONES = /\^\(([a-z|]+)\)", code)
    assert found
    assert set(found[1].split("|")) == proposed_zones()
    for language in LANGUAGES:
        assert {f"zone-{name}" for name in proposed_zones()} <= words_in(language).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_standing_says_what_to_do(language: Language) -> None:
    words = words_in(language)
    for name in (*STANDINGS, *FAR):
        assert name in words
        assert name == "watching" or f"do-{name}" in words
    assert {f"do-paused-{owner}" for owner in OWNERS} <= words.keys()
    assert {f"capture-{word}" for word in ("open", "closed", "unknown")} <= words.keys()
    assert {*HEADINGS, *VERDICTS} <= words.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_holds_the_replies_and_the_signs_text(language: Language) -> None:
    table = table_in(language, Settings())
    assert {f"reply-{name}" for name in (*ANSWERS, *REFUSALS)} <= table.keys()
    assert len(table["sign-text"].splitlines()) >= 5
    assert "15" in table["sign-text"]


def test_every_word_of_the_tables_is_said_somewhere_and_no_other() -> None:
    page = "\n".join(file.read_text("utf-8") for file in SCRIPTS)
    html = {word for file in PAGE.glob("*.html") for word in FILLED.findall(file.read_text("utf-8"))}
    python = "\n".join(file.read_text("utf-8") for file in PAGE.parent.glob("*.py"))
    put_together = {
        *STANDINGS, *FAR, *(f"do-{name}" for name in (*STANDINGS, *FAR)),
        *HEADINGS, *VERDICTS,
        *(f"do-paused-{owner}" for owner in OWNERS), *(f"capture-{word}" for word in ("open", "closed", "unknown")),
        *(f"word-{word}" for word in WORDS), *(f"zone-{name}" for name in proposed_zones()),
        *(f"reply-{name}" for name in (*ANSWERS, *REFUSALS)),
    }  # fmt: skip
    spoken = {*put_together, *QUOTED.findall(page), *QUOTED.findall(python), *html}
    words = words_in("en").keys()
    assert words - spoken == set()
    known = {*table_in("en", Settings()), "language"}
    said = {word for word in SAYING.findall(page) if not word.endswith("-")}
    assert (said | html) - known == set()


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_no_script_has_a_sentence_of_its_own(file: Path) -> None:
    code = re.sub(r"^\s*//.*$| // .*$", "", file.read_text(encoding="utf-8"), flags=re.M)
    texts = [re.sub(r"\$\{[^}]*\}", "", one or other) for one, other in STRING.findall(code)]
    sentences = [text for text in texts if re.search(r"[A-Za-z]{2,}[ ,:;]+[A-Za-z]{2,}", text)]
    assert [text for text in sentences if text.strip() != "Bearer" and not text.islower()] == []


@pytest.mark.parametrize("file", sorted(PAGE.glob("*.html")), ids=lambda file: file.name)
def test_the_html_holds_no_text_but_of_the_tables(file: Path) -> None:
    bare = FILLED.sub("", re.sub(r"<[^>]*>", "", file.read_text(encoding="utf-8")))
    assert bare.replace("...", "").split() == []


def odds(rarity: float, known: int | None) -> tuple[int, bool]:
    found = odds_of(Card(rarity, (), "street", 0), known)
    assert found
    return found.n, found.least


@pytest.mark.parametrize(
    ("rarity", "known", "told"),
    [
        (0, 300, (1, False)),
        (0.5, 300, (2, False)),
        (0.95, 300, (20, False)),
        (0.9874, 300, (80, False)),
        (0.995, 2000, (200, False)),
        (0.9967, 300, (300, True)),
        (1, 300, (300, True)),
        (1, 43, (40, True)),
        (0.99, None, (100, False)),
        (1, None, (MOST_ODDS, False)),
        (1, 10**6, (MOST_ODDS, True)),
    ],
)
def test_rarity_is_told_as_odds_no_finer_than_the_passages_that_it_is_known_from(
    rarity: float, known: int | None, told: tuple[int, bool]
) -> None:
    assert odds(rarity, known) == told


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_nobody_is_told_to_be_rarer_than_the_booth_can_know(rarity: float, known: int) -> None:
    assert 1 <= odds(rarity, known)[0] <= min(known, MOST_ODDS) + 9


@given(st.floats(1, 1000))
def test_odds_are_rounded_by_less_than_a_third(n: float) -> None:
    assert abs(coarse(n) - n) <= max(0.5, n / 3)


def test_where_nothing_is_known_yet_there_are_no_odds() -> None:
    assert odds_of(Card(None, (), "spot", 0, asked=True), 300) is None
