"""What all groups of settings are: frozen, checked once, and without a key that nobody reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

PATTERNS: dict[str, str] = {
    r"^[a-z0-9][a-z0-9-]{0,31}$": "small letters, digits and hyphens, at most 32, as odenplan-1",
    r"^[0-9a-f]{64}$": "64 digits 0-9 and a-f, as sha256sum says them",
    r"^[A-Za-z0-9._-]{1,64}$": "letters, digits, dots and hyphens without blanks, at most 64",
}
"What a value has to be like, for people who read no regular expressions."


def told_fault(fault: Mapping[str, Any]) -> str:
    """A fault of pydantic's, in words that say what would be right."""
    message = str(fault["msg"]).removeprefix("Value error, ")
    pattern = message.removeprefix("String should match pattern '").removesuffix("'")
    return f"write {PATTERNS[pattern]}" if pattern in PATTERNS else message


class Section(BaseModel):
    """A frozen group of settings; a key that nobody reads is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
