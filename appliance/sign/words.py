"""What the sign and its second layer say in one language: a language in, checked texts of texts/*.yaml out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from appliance.config.duties import Language, Purpose, Refusal, Right
from appliance.section import Section

TEXTS = Path(__file__).parent / "texts"


class Labels(Section):
    """Names of the facts."""

    controller: str
    contact: str
    officer: str
    representative: str
    purposes: str
    legal_basis: str
    retention: str
    rights: str
    authority: str
    more: str


class Passage(Section):
    """A part of the second layer."""

    heading: str
    paragraphs: tuple[str, ...]


class Layer(Section):
    """The second layer."""

    title: str
    sections: tuple[Passage, ...]


class Words(Section):
    """All texts of a language. Those in Latin-1 alone can be printed by a PDF's own fonts; a test holds them to it."""

    name: str
    headline: str
    promises: tuple[str, ...]
    how: dict[str, str]
    "By capture mode."
    adults: str
    question: str
    refusal: dict[Refusal, str]
    labels: Labels
    purposes: dict[Purpose, str]
    legal_basis: dict[str, str]
    retention: str
    rights: dict[Right, str]
    layer: Layer
    rights_of: dict[Right, str]


@cache
def words_in(language: Language) -> Words:
    """The texts of a language, read once."""
    return Words.model_validate(yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8")))
