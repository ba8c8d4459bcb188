"""The words of the board: settings in; a table for each language, and among how many one outfit is so rare, out.

The booth sends words and figures, never sentences, and the page puts them into the language that its reader has chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import yaml
from pydantic import TypeAdapter

from appliance.config import Settings
from appliance.config.duties import Language
from appliance.display.card import Card
from appliance.sign.words import words_in as sign_words

TEXTS = Path(__file__).parent / "texts"
LANGUAGES: tuple[Language, ...] = get_args(Language)
TABLE = TypeAdapter(dict[str, str])
MOST_ODDS = 1000
"The calibration rests on hundreds of passages; finer odds would be invented."
FINE = 20
"Rarer than one among so many is told to one digit: seven in 500 might as well have been nine."


@dataclass(frozen=True)
class Odds:
    """Among how many people one like this is seen."""

    n: int
    least: bool
    "It is rarer than anything the booth has seen: how rare, nobody can tell yet."
    of: int | None
    "Passages that this is known from; None where vision does not tell."


@cache
def words_in(language: Language) -> Mapping[str, str]:
    """The texts of a language, read once."""
    return TABLE.validate_python(yaml.safe_load((TEXTS / f"{language}.yaml").read_text(encoding="utf-8")))


def languages_of(settings: Settings) -> tuple[Language, ...]:
    """All of them: the one of the booth's pages first, then its city's, then the others."""
    return tuple(dict.fromkeys((settings.display.language, *settings.place.languages, *LANGUAGES)))


def sign_text(language: Language, settings: Settings) -> str:
    """What the sign in the street says, a paragraph a line, so that staff can show it to whoever asks."""
    words, refusal = sign_words(language), settings.sign.refusal or "button"
    lines = (words.headline, *words.promises, words.how[settings.capture.mode], words.adults)
    return "\n".join((*lines, f"{words.question} {words.refusal[refusal]}"))


def odds_of(card: Card, known: int | None) -> Odds | None:
    """How rare a card is, as finely as `known` passages can tell; None where nobody knows yet."""
    if card.rarity is None:
        return None
    most = min(MOST_ODDS, known) if known else MOST_ODDS
    n = 1 / max(1 - card.rarity, 1 / MOST_ODDS)
    # A figure of the rarity's last digit: .987 is told of what is .9874, too.
    least = known is not None and n >= 0.95 * most
    return Odds(coarse(min(n, most)), least, known)


def coarse(n: float) -> int:
    """`n` as people say it: whole up to FINE, then one digit and zeros."""
    whole = max(1, round(n))
    if whole <= FINE:
        return whole
    step: int = 10 ** (len(str(whole)) - 1)
    return step * round(whole / step)
