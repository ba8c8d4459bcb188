"""Facts in their order: functions that show one each go in; a line for each, with what was measured, comes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

Show = Callable[[Any], str | None]


@dataclass(frozen=True)
class Line:
    """How one fact fared."""

    suite: str
    fact: str
    holds: bool
    measured: str
    "Figures, or why it does not hold."
    seconds: float

    def values(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def words_of(show: Show) -> str:
    """The fact that a function shows: its name, as a sentence."""
    return getattr(show, "__name__", "fact").replace("_", " ")


def tell(suite: str, shows: Iterable[Show], subject: Any, until_s: float) -> list[Line]:
    """Show one fact after the other; one that does not hold stops nothing. None begins after `until_s`."""
    lines = []
    for show in shows:
        begun_s = time.monotonic()
        holds, measured = False, "the time was over"
        if begun_s < until_s:
            try:
                measured, holds = show(subject) or "", True
            except Exception as error:
                measured = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        line = Line(suite, words_of(show), holds, measured, round(time.monotonic() - begun_s, 1))
        lines.append(line)
        print(
            f"{suite:9} {'holds' if holds else 'FAILS'} {line.seconds:6.1f} s  {line.fact}  {measured}",
            flush=True,
        )
    return lines
