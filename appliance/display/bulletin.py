"""What the page is told: in go board and standing, out comes JSON and a wake-up at each change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from appliance.config import Display, Identity
from appliance.display.board import Board
from appliance.display.card import Card
from appliance.display.standing import Standing
from appliance.display.words import odds_of, phrase_in, word_in, zone_in

SCHEMA = "board/1"


class Bulletin:
    """The board as the page may see it; lives in one event loop and wakes the streams on each change."""

    def __init__(self, board: Board, language: str, booth: Identity, *, serviced: bool = False) -> None:
        """`serviced`: whether a phone finds the field page on the booth's LAN, which the board then tells."""
        self.board = board
        self.language = language
        self.booth = booth
        self.serviced = serviced
        self.closing = False
        self._identified = False
        self._notice = ""
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

    def identify(self, wanted: bool) -> None:
        """Say which booth this is, or say it no more."""
        if wanted != self._identified:
            self._identified = wanted
            self._wake()

    def note(self, line: str) -> None:
        """Say `line` of the booth's identity; nothing when it is empty."""
        if line != self._notice:
            self._notice = line
            self._wake()

    def speak(self, display: Display) -> None:
        """Go on in another language, and show new cards for another time."""
        self.board.card_s = display.card_s
        if display.language != self.language:
            self.language = display.language
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
            "banner": self._banner(),
            "notice": self._notice,
            "standing": self._standing_state(),
            "cards": [self._card_state(card, left_s) for card, left_s in self.board.live(now_s)],
            "service": phrase_in(self.language, "service") if self.serviced else "",
            "phrases": {name: phrase_in(self.language, name) for name in ("quiet", "lost", "footer")},
        }

    def _banner(self) -> str:
        phrase = phrase_in(self.language, "identify") if self._identified else ""
        return phrase.format(booth=self.booth.id, city=self.booth.city)

    def _standing_state(self) -> Mapping[str, str]:
        name = self._standing.name
        return {"name": name, "text": phrase_in(self.language, name), "reason": self._standing.reason}

    def _card_state(self, card: Card, left_s: float) -> Mapping[str, Any]:
        odds = odds_of(card)
        return {
            "words": list(card.why),
            "text": [word_in(self.language, word) for word in card.why],
            "odds": "" if odds is None else phrase_in(self.language, "odds").format(n=odds),
            "zone": zone_in(self.language, card.zone),
            "left_s": round(left_s, 1),
            "card_s": self.board.card_s,
        }
