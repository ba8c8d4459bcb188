"""From outbox to broker: rows go in, messages come out; a row is deleted when the broker took it."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from appliance.uplink.mqtt import REFUSED, Ack, Link, Message
from appliance.uplink.outbox import Outbox

log = logging.getLogger(__name__)

LONGEST_RETRY_S = 600.0
"Between two tries of refused messages, so that a mended broker is noticed within that."


class Drain:
    """Sends what waits, oldest first, few at a time. One thread: that of the outbox and of the link."""

    def __init__(
        self,
        outbox: Outbox,
        topic_of: Callable[[str], str],
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.outbox = outbox
        self.sent = 0
        self.refused: set[int] = set()
        "Rows that the broker refuses; they stay in the outbox."
        self._topic_of = topic_of
        self._draw = draw
        self._on_the_way: dict[int, int] = {}
        "Message id of this connection -> row."
        self._taken: set[int] = set()
        "Rows that the broker has and the disk has not yet forgotten."
        self._after = 0
        "Rows up to here are dealt with until the next try."
        self._openings = 0
        self._tries = 0
        self._refusals = 0
        "In a row; a whole window of them means that sending more is no use now."
        self._retry_at_s: float | None = None
        "None: no try of refused rows is due."

    def reconnected(self) -> None:
        """A new connection: what was on the way counts as not sent."""
        self._on_the_way.clear()
        self._rewind()

    def busy(self) -> bool:
        """True while messages are on the way."""
        return bool(self._on_the_way)

    def step(self, link: Link, acks: list[Ack], now_s: float) -> None:
        """Settle `acks`, then fill the window. Raises LinkLostError from the link."""
        self.settle(acks, now_s)
        if self._retry_at_s is not None and now_s >= self._retry_at_s:
            self._retry()
        if self._refusals < link.window:
            self._fill(link)

    def settle(self, acks: list[Ack], now_s: float) -> None:
        """Forget what the broker took, remember what it refused."""
        for ack in acks:
            self._settle(ack, now_s)
        if self.outbox.delete(self._taken):
            self._taken.clear()

    def _settle(self, ack: Ack, now_s: float) -> None:
        row = self._on_the_way.pop(ack.mid, None)
        if row is None:
            return
        if ack.code >= REFUSED:
            self._refuse(row, ack, now_s)
            return
        self.sent += 1
        self._taken.add(row)
        self._refusals = 0
        if row in self.refused:
            self.refused.discard(row)
            self._tries = 0
            if not self.refused:
                log.warning("broker takes all messages again")

    def _refuse(self, row: int, ack: Ack, now_s: float) -> None:
        if not self.refused:
            log.error("broker refuses messages: %s (%d); kept, mend its access list", ack.text, ack.code)
        self.refused.add(row)
        self._refusals += 1
        if self._retry_at_s is None:
            self._tries += 1
            self._retry_at_s = now_s + self._draw(1, min(LONGEST_RETRY_S, 5 * 1.5 ** min(20, self._tries)))

    def _retry(self) -> None:
        """Start again at the oldest row; what the outbox dropped meanwhile is refused no longer."""
        self._retry_at_s = None
        oldest = self.outbox.batch(1)
        first = oldest[0].number if oldest else 1 << 63
        self.refused = {row for row in self.refused if row >= first}
        self._rewind()

    def _rewind(self) -> None:
        self._after = 0
        self._refusals = 0

    def _fill(self, link: Link) -> None:
        room = link.window - len(self._on_the_way)
        if room <= 0:
            return
        rows = self.outbox.batch(room, self._after)
        if self.outbox.openings != self._openings:
            # Another file: its rows may carry lower numbers than the last one's.
            self._openings = self.outbox.openings
            self._after = 0
            self.refused.clear()
            rows = self.outbox.batch(room)
        skip = self._taken.union(self._on_the_way.values())
        for row in rows:
            self._after = row.number
            if row.number not in skip:
                mid = link.send(Message(self._topic_of(row.kind), row.payload))
                self._on_the_way[mid] = row.number
