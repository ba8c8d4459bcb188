"""Why an update is not taken: a short name for tables and alarms and one line for people, in one error."""

from __future__ import annotations

from typing import Literal

from appliance.errors import BoothError

Name = Literal[
    "clock", "no-anchor", "no-server", "stalled", "not-signed", "damaged", "expired", "rollback", "mix-and-match",
    "nothing-new", "downgrade", "other-machine", "too-old", "failed-before", "too-long", "truncated", "tampered",
    "disk-full", "unsafe-archive", "changed-file",
]  # fmt: skip
"Closed, so that a city team can count what its booths refuse."
QUIET: tuple[Name, ...] = ("nothing-new", "clock", "failed-before")
"No fault of anybody: not told as one."


class Refused(BoothError):
    """An update that is not taken; what runs goes on running."""

    def __init__(self, name: Name, text: str) -> None:
        super().__init__(printable(text))
        self.name: Name = name


def printable(text: str) -> str:
    """The same words without what moves a terminal's cursor: parts may come from a server, or a process broken into."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
