"""What the page is told: in go cards and the booth's situation, out comes JSON and a wake-up at each change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from appliance.config import Display, Identity
from appliance.display.board import Board, Shown
from appliance.display.card import Card
from appliance.display.situation import Situation
from appliance.display.standing import PROOF_S
from appliance.display.verdicts import Verdict, Verdicts
from appliance.display.words import odds_of

SCHEMA = "board/3"


class Bulletin:
    """The board as the page may see it; lives in one event loop and wakes the streams on each change."""

    def __init__(self, board: Board, language: str, booth: Identity, *, serviced: bool = False) -> None:
        """`serviced`: whether a phone finds the pages on the booth's LAN, which the board then tells."""
        self.board = board
        self.verdicts = Verdicts()
        self.language = language
        self.booth = booth
        self.serviced = serviced
        self.closing = False
        self._identified = False
        self._notice = ""
        self._situation = Situation()
        self._shown: tuple[int, ...] = ()
        self._changed = asyncio.Event()

    def refresh(self, situation: Situation, now_s: float) -> None:
        """Take over the booth's situation and drop old cards; wakes the streams when anything is different.

        Whoever has the cameras closed is not to be seen on a card, be it one that is there or on its way.
        """
        if situation.is_paused:
            self.board.wipe(now_s)
        shown = tuple(shown.number for shown in self.board.live(now_s))
        if situation == self._situation and shown == self._shown:
            return
        self._situation, self._shown = situation, shown
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

    def wipe(self, now_s: float) -> None:
        """Drop all cards at once: somebody has pressed for a pause."""
        self.board.wipe(now_s)
        self.refresh(self._situation, now_s)

    def speak(self, display: Display) -> None:
        """Begin new pages in another language, and show new cards for another time."""
        self.board.card_s = display.card_s
        if display.language != self.language:
            self.language = display.language
            self._wake()

    def show(self, card: Card, now_s: float) -> None:
        """Put a card on the board, if it has not come too late."""
        if self._situation.is_paused:
            return
        shown = self.board.show(card, now_s, self._situation.learned)
        if shown is not None and not card.asked:
            self.verdicts.expect(shown.number, now_s)
        self.refresh(self._situation, now_s)

    def judge(self, number: int, verdict: Verdict, now_s: float) -> bool:
        """Count what became of a card; False where that is known already, or too long ago."""
        counted = self.verdicts.count(number, verdict, now_s)
        self._wake()
        return counted

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
        """What the page shows at `now_s`, in words of its tables; JSON-ready."""
        here, shown, waiting = self._situation, self.board.live(now_s), self.verdicts.waiting(now_s)
        gone = [number for number in waiting if number not in {one.number for one in shown}]
        return {
            "schema": SCHEMA,
            "at_s": round(now_s, 3),
            "language": self.language,
            "booth": {"city": self.booth.city, "booth": self.booth.id} if self._identified else None,
            "notice": self._notice,
            "standing": asdict(here.standing),
            "learned": here.learned,
            "needed": here.needed,
            "capture": {"word": here.capture, "for_s": round(max(0.0, here.proven_s + PROOF_S - now_s), 2)},
            "pause_s": max(0, round(here.pause_ends_s - now_s)) if here.pause_ends_s else 0,
            "spot": here.spot,
            "ask": {"word": here.answer, "left_s": max(0, round(here.ask_ends_s - now_s))},
            "cards": [self._card_state(one, now_s, open_=one.number in waiting) for one in shown],
            "earlier": gone[0] if gone else None,
            "service": self.serviced,
        }

    def _card_state(self, shown: Shown, now_s: float, *, open_: bool) -> Mapping[str, Any]:
        card, odds = shown.card, odds_of(shown.card, shown.known)
        return {
            "number": shown.number,
            "words": card.why,
            "odds": None if odds is None else asdict(odds),
            "zone": card.zone,
            "heading": card.heading,
            "outfit": asdict(card.outfit),
            "asked": card.asked,
            "open": open_,
            "left_s": round(shown.until_s - now_s, 3),
            "card_s": self.board.card_s,
        }
