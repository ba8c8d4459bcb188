"""One line of the self-test, and how it reads vitals: anything may stand in them, only text and figures count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from appliance.display.field.words import Word

Vitals = Mapping[str, Any]
State = Literal["ok", "wait", "failed"]
LARGEST = 1e12
MOST_TEXT = 160


@dataclass(frozen=True)
class Finding:
    """One line of the self-test."""

    name: str
    "check-NAME is of the page's tables; NAME as it is signed."
    state: State
    detail: Word
    cure: Word | None = None
    "What to do; None where all is well."


def text_of(vitals: Vitals | None, key: str) -> str:
    """A text of the vitals, one line; '' where it is missing."""
    value = (vitals or {}).get(key)
    return " ".join(value.split())[:MOST_TEXT] if isinstance(value, str) else ""


def figure_of(vitals: Vitals | None, key: str) -> float | None:
    """A number of the vitals; None where it is missing or of no size."""
    value = (vitals or {}).get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST < value < LARGEST:
        return None
    return value
