"""A card's way to the board, a unix datagram socket: the sender never waits, the reader never trusts."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

from appliance.display.card import MOST_BYTES, Card, card_from_datagram, datagram_from_card
from appliance.errors import BoothError

SOCKET = "cards.sock"
MOST_AT_ONCE = 32
"Datagrams read in one go; a flood must not starve the page."
log = logging.getLogger(__name__)


class CardSender:
    """Vision's end: a card goes out at once or not at all."""

    def __init__(self, runtime: Path) -> None:
        self._path = str(runtime / SOCKET)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, rarity: float, why: Sequence[str], zone: str, at_s: float) -> bool:
        """Send one card; False, and no error, when nobody listens, the reader is behind, or it is no card.

        `rarity` 0..1, `why` at most three words of the vocabulary, `at_s` seconds on the monotonic clock.
        """
        try:
            card = Card(float(rarity), tuple(why), zone, float(at_s))
            self._socket.sendto(datagram_from_card(card), self._path)
        except (OSError, ValueError, TypeError):
            return False
        return True

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class CardReader:
    """The board's end: owns `runtime`/cards.sock, for its user and the folder's group."""

    def __init__(self, runtime: Path) -> None:
        """Raises BoothError when the folder cannot be used or another board listens there already."""
        self.path = runtime / SOCKET
        self._refusing = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            runtime.mkdir(parents=True, exist_ok=True)
            self._bind()
        except OSError as error:
            self._socket.close()
            cure = "set folders.runtime to a short path that this user may write"
            raise BoothError(f"{self.path}: {error.strerror or error}; {cure}") from None
        except BoothError:
            self._socket.close()
            raise

    def _bind(self) -> None:
        if answers(self.path):
            raise BoothError(f"{self.path}: another staff board runs here; stop it first")
        self.path.unlink(missing_ok=True)
        self._socket.bind(str(self.path))
        # Until here a stranger could have sent a card, which the check of each datagram would have met. In a booth
        # vision is a user of its own and sends as one of the folder's group; strangers are in no such group.
        self.path.chmod(0o660)

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._socket.fileno()

    def read(self) -> Iterator[Card]:
        """Cards among the first MOST_AT_ONCE datagrams there; never waits, skips what is no card."""
        for _ in range(MOST_AT_ONCE):
            try:
                data = self._socket.recv(MOST_BYTES + 1)
            except OSError:
                return
            card = self._checked(data)
            if card is not None:
                yield card

    def _checked(self, data: bytes) -> Card | None:
        try:
            card = card_from_datagram(data)
        except ValueError as error:
            if not self._refusing:
                log.warning("%s: ignoring datagrams that are no cards (%s)", self.path, error)
            self._refusing = True
            return None
        self._refusing = False
        return card

    def close(self) -> None:
        """Let go of the socket and take its file away."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


def answers(path: Path) -> bool:
    """True when somebody reads from the datagram socket at `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
