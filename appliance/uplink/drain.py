"""From outbox to broker: rows go in, messages come out; a row is deleted when the broker took it, and lives on.

A row that is no message of this program (gate.py) goes nowhere: it is dropped, and counted as such.
"""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable
from itertools import takewhile

from appliance.uplink.gate import Gate
from appliance.uplink.message import CURES, HUNG_UP, REFUSED, TOO_LARGE, UNHEARD, Ack, Message
from appliance.uplink.mqtt import Link
from appliance.uplink.outbox import Row
from appliance.uplink.outlet import Outlet
from appliance.uplink.topics import EXPIRY_S
from appliance.uplink.trial import Trial

log = logging.getLogger(__name__)

LONGEST_RETRY_S = 600.0
"Between two tries of refused messages, so that a mended broker is noticed within that."
GRACE_S = 3.0
"""For so long a broker has to live on after an acknowledgement before the row is deleted. It may acknowledge before
its disk has the message: Mosquitto saves once a second at best. That it lives is known by what comes from it, not by
the absence of an error: a network that dies with it tells nothing. Without that, the message is sent again on the next
connection; a second copy harms nobody."""
FORGET_S = 0.25
"Between two deletions: each waits for the disk."
AHEAD = 256
"Rows read at once."
HEADER = 256
"Bytes of a packet besides its payload, at the most: topic, properties."


class Drain:
    """Sends what waits, oldest first, few at a time. One thread: that of the outbox and of the link."""

    def __init__(
        self,
        outbox: Outlet,
        topic_of: Callable[[str], str],
        draw: Callable[[float, float], float] = random.uniform,
        gate: Gate | None = None,
    ) -> None:
        self.outbox = outbox
        self.grace_s = GRACE_S
        self.sent = 0
        self.unheard = 0
        "Of those, taken by a broker that had nobody to give them to."
        self.refused: set[int] = set()
        "Rows that the broker refuses; they stay in the outbox."
        self.trial = Trial()
        self._topic_of = topic_of
        self._draw = draw
        self._gate = gate or Gate()
        self._flying: dict[int, int] = {}
        "Number of the message on this connection -> row."
        self._taken: dict[int, float] = {}
        "Row that the broker has and the disk has not yet forgotten -> when it said so, in that order."
        self._ahead: deque[Row] = deque()
        self._after = 0
        "Rows up to here are read or dealt with until the next try."
        self._openings = 0
        self._forgot_s = 0.0
        self._asked_s = 0.0
        self._heard_s = float("-inf")
        "When something came from the broker last."
        self._tries = 0
        self._refusals = 0
        "In a row; a whole window of them means that sending more is no use now."
        self._retry_at_s: float | None = None
        "None: no try of refused rows is due."

    def lost(self, now_s: float) -> None:
        """The connection broke: what was on the way, or taken only just now, counts as not sent.

        A row that breaks each connection is refused in another way, and waits like others that are.
        """
        alone = self.trial.lost(list(self._flying.values()), now_s)
        self.left()
        if alone is not None:
            self._refuse(alone, Ack(0, HUNG_UP, "hangs up on it"), now_s)
            self.trial.shun(alone)

    def left(self) -> None:
        """The connection ended as we wanted."""
        self._flying.clear()
        self._taken = {row: at_s for row, at_s in self._taken.items() if at_s <= self._heard_s - self.grace_s}
        self._rewind()

    def taken_s(self, row: int) -> float | None:
        """When the broker said that it has `row`; None before that, and once the outbox has forgotten it."""
        return self._taken.get(row)

    def step(self, link: Link, acks: list[Ack], now_s: float) -> None:
        """Settle `acks`, then fill the window. Raises LinkLostError from the link."""
        self._heard_s = link.heard_s
        self.settle(acks, now_s)
        self._ask(link, now_s)
        if self._retry_at_s is not None and now_s >= self._retry_at_s:
            self._retry(now_s)
        if self._refusals < link.window and not self.trial.at_rest:
            self._fill(link, now_s)

    def settle(self, acks: list[Ack], now_s: float) -> None:
        """Remember what the broker took and what it refused; forget what it took a while ago."""
        for ack in acks:
            row = self._flying.pop(ack.mid, None)
            if row is not None and ack.code >= REFUSED:
                self._refuse(row, ack, now_s)
            elif row is not None:
                self._take(row, ack, now_s)
        if self._taken and now_s >= self._forgot_s + FORGET_S:
            self._forget(now_s)

    def _take(self, row: int, ack: Ack, now_s: float) -> None:
        self.sent += 1
        self.unheard += ack.code == UNHEARD
        self._taken[row] = now_s
        self._refusals = 0
        self.trial.taken()
        if row in self.refused:
            self.refused.discard(row)
            self._tries = 0
            if not self.refused:
                log.warning("broker takes all messages again")

    def _forget(self, now_s: float) -> None:
        self._forgot_s = now_s
        old_s = self._heard_s - self.grace_s
        doomed = [row for row, _ in takewhile(lambda taken: taken[1] <= old_s, self._taken.items())]
        if doomed and self.outbox.delete(doomed):
            for row in doomed:
                del self._taken[row]

    def _ask(self, link: Link, now_s: float) -> None:
        """Have the broker show that it lives, where a row waits for that and nothing else comes from it."""
        since_s = next(iter(self._taken.values()), now_s) + self.grace_s
        if self._heard_s < since_s <= now_s and now_s >= self._asked_s + self.grace_s:
            self._asked_s = now_s
            link.ask()

    def _refuse(self, row: int, ack: Ack, now_s: float) -> None:
        if not self.refused:
            cure = CURES.get(ack.code, "its log says why")
            log.error("broker refuses messages: %s (%d); kept; %s", ack.text.lower(), ack.code, cure)
        self.refused.add(row)
        self._refusals += 1
        if self._retry_at_s is None:
            self._plan_retry(now_s)

    def _plan_retry(self, now_s: float) -> None:
        self._tries += 1
        self._retry_at_s = now_s + self._draw(1, min(LONGEST_RETRY_S, 5 * 1.5 ** min(20, self._tries)))

    def _retry(self, now_s: float) -> None:
        """Start again at the oldest row; what the outbox dropped meanwhile is refused no longer."""
        self._retry_at_s = None
        oldest = self.outbox.batch(1)
        first = oldest[0].number if oldest else 1 << 63
        self.refused = {row for row in self.refused if row >= first}
        self.trial.try_again(others=self.outbox.rows() > len(self._taken) + len(self.refused))
        if self.trial.shunned:
            self._plan_retry(now_s)
        self._rewind()

    def _rewind(self) -> None:
        self._ahead.clear()
        self._after = 0
        self._refusals = 0

    def _fill(self, link: Link, now_s: float) -> None:
        flying = set(self._flying.values())
        for _ in range(self.trial.window(link.window) - len(flying)):
            row = self._next(flying)
            if row is None:
                return
            if len(row.payload) + HEADER > link.largest:
                self._refuse(row.number, Ack(0, TOO_LARGE, "packet too large"), now_s)
                continue
            message = Message(self._topic_of(row.kind), row.payload, expiry_s=EXPIRY_S[row.kind])
            self._flying[link.send(message)] = row.number
            self.trial.sent(now_s)

    def _next(self, flying: set[int]) -> Row | None:
        """The next row that neither flies nor is taken; None when there is none."""
        while True:
            if not self._ahead:
                self._read_ahead()
            if not self._ahead:
                return None
            row = self._ahead.popleft()
            if not (row.number in self._taken or row.number in flying or row.number in self.trial.shunned):
                return row

    def _read_ahead(self) -> None:
        rows = self.outbox.batch(AHEAD, self._after)
        if self.outbox.openings != self._openings:
            # Another file: its rows may carry lower numbers than the last one's.
            self._openings = self.outbox.openings
            self.refused.clear()
            self.trial.pardon()
            rows = self.outbox.batch(AHEAD)
        self._ahead.extend(self._gate.passed(rows, self.outbox))
        self._after = rows[-1].number if rows else self._after
