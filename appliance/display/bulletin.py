"""What the page is told: in go board and standing, out comes JSON and a wake-up at each change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from appliance.display.board import Board
from appliance.display.card import Card
from appliance.display.standing import Standing
from appliance.display.words import odds_of, phrase_in, word_in, zone_in

SCHEMA = "board/1"


class Bulletin:
    """The board as the page may see it; lives in one event loop and wakes the streams on each change."""

    def __init__(self, board: Board, language: str) -> None:
        self.board = board
        self.language = language
        self.closing = False
        self._standing = Standing("silent")
        self._shown: tuple[Card, ...] = ()
        self._changed = asyncio.Event()

    def refresh(self, standing: Standing, now_s: float) -> None:
        """Take over vision's standing and drop old cards; wakes the streams when anything is different."""
        shown = tuple(card for card, _ in self.board.live(now_s))
        if standing == self._standing and shown == self._shown:
            return
        self._standing, self._shown = standing, shown
        self._wake()

    def show(self, card: Card, now_s: float) -> bool:
        """Put a card on the board; False when it came too late."""
        shown = self.board.show(card, now_s)
        self.refresh(self._standing, now_s)
        return shown

    def close(self) -> None:
        """End all streams."""
        self.closing = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self, wait_s: float) -> None:
        """Return on the next change, at the latest after `wait_s` seconds."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._changed.wait(), wait_s)

    def state(self, now_s: float) -> dict[str, Any]:
        """What the page shows at `now_s`, in its language; JSON-ready."""
        return {
            "schema": SCHEMA,
            "language": self.language,
            "standing": self._standing_state(),
            "cards": [self._card_state(card, left_s) for card, left_s in self.board.live(now_s)],
            "phrases": {name: phrase_in(self.language, name) for name in ("quiet", "lost", "footer")},
        }

    def _standing_state(self) -> Mapping[str, str]:
        name = self._standing.name
        return {"name": name, "text": phrase_in(self.language, name), "reason": self._standing.reason}

    def _card_state(self, card: Card, left_s: float) -> Mapping[str, Any]:
        return {
            "words": list(card.why),
            "text": [word_in(self.language, word) for word in card.why],
            "odds": phrase_in(self.language, "odds").format(n=odds_of(card)),
            "zone": zone_in(self.language, card.zone),
            "left_s": round(left_s, 1),
            "card_s": self.board.card_s,
        }
