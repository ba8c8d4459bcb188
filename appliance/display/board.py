"""What staff see: cards go in, the few that still count come out; held in memory only, and not for long."""

from __future__ import annotations

from appliance.display.card import Card

MOST_CARDS = 2
"Staff can walk up to one person, perhaps to a second; more would be a list."


class Board:
    """The live cards, newest first. Time is passed in; nothing outlives `card_s` seconds."""

    def __init__(self, card_s: float) -> None:
        self.card_s = card_s
        self._cards: tuple[tuple[float, Card], ...] = ()

    def show(self, card: Card, now_s: float) -> bool:
        """Put `card` on the board; False when it came too late to be of use.

        A capture time in the future counts as now, so that no card can stay longer than `card_s`.
        """
        until_s = min(card.at_s, now_s) + self.card_s
        self.forget(now_s)
        if until_s <= now_s:
            return False
        self._cards = ((until_s, card), *self._cards)[:MOST_CARDS]
        return True

    def forget(self, now_s: float) -> None:
        """Drop the cards whose time is over at `now_s`."""
        self._cards = tuple(entry for entry in self._cards if entry[0] > now_s)

    def live(self, now_s: float) -> tuple[tuple[Card, float], ...]:
        """Cards to be seen at `now_s`, newest first, each with the seconds that it has left (0..card_s)."""
        self.forget(now_s)
        return tuple((card, until_s - now_s) for until_s, card in self._cards)
