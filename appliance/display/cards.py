"""A card's way to the board, a unix datagram socket: the sender never waits, the reader never trusts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appliance.display.card import MOST_BYTES, Card, card_from_datagram, datagram_from_card
from appliance.display.mailbox import Kind, Mailbox, Outgoing
from appliance.health.owners import is_from_vision
from appliance.outfit import UNSEEN, Outfit

SOCKET = "display/cards.sock"
MOST_AT_ONCE = 32
MODE = 0o660
KIND = Kind(
    SOCKET, "cards", "staff board", MODE, card_from_datagram, MOST_BYTES, MOST_AT_ONCE, is_from_vision
)


class CardSender:
    """Vision's end: a card goes out at once or not at all."""

    def __init__(self, runtime: Path) -> None:
        self._way = Outgoing(runtime / SOCKET)
        self.close = self._way.close

    def send(
        self,
        rarity: float | None,
        why: Sequence[str],
        zone: str,
        at_s: float,
        outfit: Outfit = UNSEEN,
        heading: str = "still",
        *,
        asked: bool = False,
    ) -> bool:
        """Send one card; False, and no error, when nobody listens, the reader is behind, or it is no card.

        As the fields of Card: `rarity` 0..1, or None for an asked one without a bank, `at_s` on the monotonic clock.
        """
        try:
            shown = None if rarity is None else float(rarity)
            data = datagram_from_card(Card(shown, tuple(why), zone, float(at_s), outfit, heading, asked))
        except (ValueError, TypeError):
            return False
        return self._way.send(data)


class CardReader(Mailbox[Card]):
    """The board's end: owns `runtime`/display/cards.sock, for its user and the folder's group."""

    def __init__(self, runtime: Path) -> None:
        """Raises BoothError when the folder cannot be used or another board listens there already."""
        super().__init__(runtime, KIND)
