"""What became of the cards: a word of staff on each goes in once, three counters come out; nothing about anybody.

Whoever goes to greet somebody comes back after the card is gone, so its number alone is remembered for some minutes.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal, get_args

Verdict = Literal["greeted", "not-found", "disagree"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REMEMBERED_S = 180.0
MOST_REMEMBERED = 32


class Verdicts:
    """Owner of the counters; each card counts once, so whoever presses on and on changes nothing."""

    def __init__(self) -> None:
        self.counts: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
        "Since this process began."
        self._open: OrderedDict[int, float] = OrderedDict()

    def expect(self, number: int, now_s: float) -> None:
        """A card is shown, and staff may say what became of it."""
        self._open[number] = now_s + REMEMBERED_S
        if len(self._open) > MOST_REMEMBERED:
            self._open.popitem(last=False)

    def count(self, number: int, verdict: Verdict, now_s: float) -> bool:
        """Count one word; False for a card that is unknown, too long ago or has its word already."""
        self.forget(now_s)
        if self._open.pop(number, None) is None:
            return False
        self.counts[verdict] += 1
        return True

    def forget(self, now_s: float) -> None:
        """Drop the numbers of cards that are too long ago."""
        for number in [number for number, until_s in self._open.items() if until_s <= now_s]:
            del self._open[number]

    def waiting(self, now_s: float) -> tuple[int, ...]:
        """Numbers of cards without a word yet, newest first."""
        self.forget(now_s)
        return tuple(reversed(self._open))
