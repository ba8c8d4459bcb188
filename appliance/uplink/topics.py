"""Names of the topics: city, booth and kind go in, `booth/v1/{city}/{booth}/{kind}` comes out, and back."""

from __future__ import annotations

import re
from typing import NamedTuple

ROOT = "booth/v1"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"Cities and booths; no slash, plus or hash, so that no name can reach into a foreign topic."
UP = ("exception", "trend", "status", "health", "config/reported", "command/reply")
DOWN = ("config/desired", "command")
DAY_S = 86_400
EXPIRY_S = {"exception": 30 * DAY_S, "trend": 30 * DAY_S, "health": 300, "command/reply": 300}
"Seconds after which a broker may forget a message that nobody has fetched; status says its own."


class Topic(NamedTuple):
    """A topic taken apart."""

    city: str
    booth: str
    kind: str


def topic(city: str, booth: str, kind: str) -> str:
    """Full topic. Raises ValueError for a name or kind outside the contract."""
    if not (NAME.fullmatch(city) and NAME.fullmatch(booth)):
        raise ValueError(f"{city!r}/{booth!r} cannot be part of a topic")
    if kind not in UP + DOWN:
        raise ValueError(f"{kind!r} is no kind of topic")
    return f"{ROOT}/{city}/{booth}/{kind}"


def split_topic(text: str) -> Topic | None:
    """The parts of a topic of ours; None for any other."""
    parts = text.split("/", 4)
    if len(parts) != 5 or "/".join(parts[:2]) != ROOT or parts[4] not in UP + DOWN:
        return None
    if not (NAME.fullmatch(parts[2]) and NAME.fullmatch(parts[3])):
        return None
    return Topic(*parts[2:])
