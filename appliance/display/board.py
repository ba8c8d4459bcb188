"""What staff see: cards go in, the few that still count come out; held in memory only, and not for long."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass

from appliance.display.card import Card

MOST_CARDS = 2
"Staff can walk up to one person, perhaps to a second; more would be a list."
MOST_FIRST = 2**40


@dataclass(frozen=True)
class Shown:
    """One card on the board."""

    number: int
    "Another for each card of this boot, from a random one on; tells of no person."
    card: Card
    until_s: float
    known: int | None
    "Passages that its rarity is known from; None where vision does not tell."


class Board:
    """The live cards, newest first. Time is passed in; nothing outlives `card_s` seconds."""

    def __init__(self, card_s: float) -> None:
        self.card_s = card_s
        self.count = 0
        "Cards shown so far."
        # A page that was there before this process is not to take a new card for one that it knows.
        self._first = secrets.randbelow(MOST_FIRST) + 1
        self._cards: tuple[Shown, ...] = ()
        self._wiped_s = -math.inf

    def wipe(self, now_s: float) -> None:
        """Somebody wants the cameras closed: drop all cards, and whatever was seen until now."""
        self._cards, self._wiped_s = (), max(self._wiped_s, now_s)

    def show(self, card: Card, now_s: float, known: int | None = None) -> Shown | None:
        """Put `card` on the board; None when it came too late to be of use, or was seen before a wipe.

        A capture time in the future counts as now, so that no card can stay longer than `card_s`.
        """
        until_s = min(card.at_s, now_s) + self.card_s
        self.forget(now_s)
        if until_s <= now_s or card.at_s <= self._wiped_s:
            return None
        self.count += 1
        shown = Shown(self._first + self.count, card, until_s, known)
        self._cards = (shown, *self._cards)[:MOST_CARDS]
        return shown

    def forget(self, now_s: float) -> None:
        """Drop the cards whose time is over at `now_s`."""
        self._cards = tuple(shown for shown in self._cards if shown.until_s > now_s)

    def live(self, now_s: float) -> tuple[Shown, ...]:
        """Cards to be seen at `now_s`, newest first."""
        self.forget(now_s)
        return self._cards
