"""The tables of the field page: every word in every language with the same figures, and none that nothing says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.config import Settings
from appliance.config.duties import Language
from appliance.display.field.known import KNOWN, STATES
from appliance.display.field.marks import NAMES
from appliance.display.field.report import REASONS
from appliance.display.field.words import LANGUAGES, TEXTS, languages_of, words_in
from appliance.display.standing import STANDINGS
from appliance.health.notices import SUBJECTS
from appliance.law.ground import SIDES

ROOT = Path(__file__).parents[3] / "appliance"
FIELD = ROOT / "display" / "field"
HOLE = re.compile(r"\{([^}]*)\}")
SAYING = re.compile(r'(?:\bsayIt|\bsay|word:)\(?\s*"([a-z-]*[a-z])"')
PAGE = re.compile(r"\{([\w-]+)\}")
STRING = re.compile(r'"([^"\\\n]*)"|`([^`]*)`')
CHOSEN = {
    "no-zones",
    "no-zones-opt-in",
    "focus-good",
    "focus-seek",
    "kept",
    "not-yet",
    "finish",
    "next",
    "choose",
}
"Words between which a page chooses within one say(...)."
KINDS = {"scored", "opt-out", "door"}
MODES = {"open-street", "opt-in-zone"}
SPOTS = {"near", "far"}
STATES_OF_A_CHECK = {"ok", "wait", "failed"}


def holes(text: str) -> list[str]:
    return sorted(HOLE.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_figures(language: Language) -> None:
    english, table = words_in("en"), words_in(language)
    assert list(table) == list(english)
    assert {word: holes(text) for word, text in table.items()} == {
        word: holes(text) for word, text in english.items()
    }
    assert all(text == text.strip() and text and "\n" not in text for text in table.values())


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    assert {file.stem for file in TEXTS.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_language_is_not_english_over_again(language: Language) -> None:
    sentences = {
        word for word, text in words_in("en").items() if len(text.split()) > 4 and "sudo" not in text
    }
    assert len(sentences) > 80
    assert not [word for word in sentences if words_in(language)[word] == words_in("en")[word]]


def said_by_python() -> Iterator[tuple[str, set[str]]]:
    """Every word in a call of said(), told(), Refused() or ToldError() of these rooms, with the names of its values."""
    skips = {"said": 0, "told": 1, "Refused": 1, "ToldError": 1}
    files = [*FIELD.glob("*.py"), *(ROOT / name for name in ("ground.py", "tape.py", "site.py"))]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = skips.get(node.func.id)
            if at is None or len(node.args) <= at:
                continue
            word = node.args[at]
            if isinstance(word, ast.Constant) and re.fullmatch(r"[a-z][a-z-]+", str(word.value)):
                yield str(word.value), {str(one.arg) for one in node.keywords}


def test_whatever_the_booth_says_is_in_the_tables_and_has_its_figures() -> None:
    spoken = dict(said_by_python())
    assert len(spoken) > 70
    for word, values in spoken.items():
        wanted = set(holes(words_in("en")[word])) - {"left"}
        assert wanted <= values, word
    for pattern, word in KNOWN:
        assert set(holes(words_in("en")[word])) <= set(pattern.groupindex), word


def test_every_word_of_the_tables_is_said_somewhere() -> None:
    """A word that nothing says is left over; one that is put together is of a closed list, which is here."""
    put_together = {
        *(f"is-{state}" for state in STATES), *(f"room-{side}" for side in SIDES), *STANDINGS, *REASONS, *NAMES,
        *(f"quiet-{subject}" for subject in SUBJECTS), *(f"cure-{subject}" for subject in SUBJECTS),
        *(f"check-{name}" for name in checks()), *(f"capture-{spot}" for spot in SPOTS), *(word for _, word in KNOWN),
        *KINDS, *MODES, *SPOTS, *STATES_OF_A_CHECK, *CHOSEN, "name", "learning", "checks", "sign", "zones",
    }  # fmt: skip
    page = "\n".join(file.read_text(encoding="utf-8") for file in (FIELD / "page").iterdir())
    html = {
        word for file in (FIELD / "page").glob("*.html") for word in PAGE.findall(file.read_text("utf-8"))
    }
    spoken = {*put_together, *dict(said_by_python()), *html, *re.findall(r'"([a-z-]+)"', page)}
    assert words_in("en").keys() - spoken == set()
    assert (put_together | set(SAYING.findall(page)) | html) - words_in("en").keys() == {"language"}


def checks() -> list[str]:
    return [
        "vision", "camera", "rate", "pause", "aim", "focus", "zones", "ground", "learning", "broker", "outbox",
        "certificate", "clock", "disk", "lan", *SUBJECTS,
    ]  # fmt: skip


@pytest.mark.parametrize("file", sorted((FIELD / "page").glob("*.js")), ids=lambda file: file.name)
def test_no_script_has_a_sentence_of_its_own(file: Path) -> None:
    """Two words of letters in a row within a string are a text that no table has."""
    code = re.sub(r"^\s*//.*$| // .*$", "", file.read_text(encoding="utf-8"), flags=re.M)
    texts = [one or other for one, other in STRING.findall(code)]
    plain = [re.sub(r"\$\{[^}]*\}", "", text) for text in texts]
    allowed = {"px system-ui, sans-serif", "Bearer ", "told bad", "told good", "meter good"}
    sentences = [text for text in plain if re.search(r"[A-Za-z]{2,}[ ,:;]+[A-Za-z]{2,}", text)]
    assert [text for text in sentences if text not in allowed and not text.islower()] == []


@pytest.mark.parametrize(
    ("sections", "first"),
    [
        ({}, ("en",)),
        ({"place": {"languages": ["es", "en"]}}, ("es", "en")),
        ({"place": {"languages": ["en", "fr"]}, "display": {"language": "fr"}}, ("fr", "en")),
    ],
)
def test_the_page_begins_in_the_language_of_its_city(
    sections: dict[str, Any], first: tuple[str, ...]
) -> None:
    offered = languages_of(Settings.model_validate(sections))
    assert offered[: len(first)] == first
    assert sorted(offered) == sorted(LANGUAGES)


@pytest.mark.parametrize("file", sorted((FIELD / "page").glob("*.html")), ids=lambda file: file.name)
def test_the_html_holds_no_text_but_of_the_tables(file: Path) -> None:
    bare = PAGE.sub("", re.sub(r"<[^>]*>", "", file.read_text(encoding="utf-8")))
    assert bare.replace("...", "").split() == []
