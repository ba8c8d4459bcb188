"""The words of the field page: a language in, its table of texts/*.yaml out; what is said is a word with its figures.

The booth sends words, never sentences, and the page puts them into the language that its reader has chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import TypeAdapter

from appliance.config import Settings
from appliance.config.duties import Language

TEXTS = Path(__file__).parent / "texts"
LANGUAGES: tuple[Language, ...] = get_args(Language)
Word = dict[str, Any]
"{'word': key of the tables, and the values that its text names}."
TABLE = TypeAdapter(dict[str, str])


def said(word: str, **values: str | float) -> Word:
    """A word with its values."""
    return {"word": word, **values}


@cache
def words_in(language: Language) -> Mapping[str, str]:
    """The texts of a language, read once."""
    return TABLE.validate_python(yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8")))


def languages_of(settings: Settings) -> tuple[Language, ...]:
    """All of them: the one of the booth's pages first, then its city's, then the others."""
    return tuple(dict.fromkeys((settings.display.language, *settings.place.languages, *LANGUAGES)))
