"""A request from inside a booted machine: who asks what from which network in, the status and what was said out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.deb.booth import Booth

PHONE = "/srv/phone.py"


class Answer(NamedTuple):
    """What a phone got."""

    status: int
    "0: nobody answers."
    said: str

    def value(self, key: str) -> Any:
        """One of a JSON answer."""
        return json.loads(self.said).get(key)


def ask(booth: Booth, method: str, url: str, *words: str, by: tuple[str, ...] = ()) -> Answer:
    """One request; `by`: words before it, that say from which network or as whom."""
    booth.machine.path(PHONE).write_text((Path(__file__).parent / "phone.py").read_text())
    said = booth.machine.does(*by, "python3", "-I", PHONE, method, url, *words)
    return Answer(**json.loads(said))
