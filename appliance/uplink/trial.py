"""Which message breaks the connection: losses and what was on the way go in, the one to blame comes out.

A broker may hang up on a message instead of refusing it: RabbitMQ 4.0 does so on a topic that is not ours. Sent again
on the next connection, it would break that one too, and nothing behind it would ever arrive. So after a few such losses
messages go one at a time, and one that is alone when the connection breaks is left aside for a while. Where it was the
network after all, that costs its order and some seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

QUICK_S = 2.0
"A broker hangs up at once; later it is the network."
PATIENCE = 2
"Quick losses in a row before messages go one at a time."
TRUST_S = 5.0
"A connection that has stood so long while messages went is a good one."


class Trial:
    """Owner of the suspicion."""

    def __init__(self) -> None:
        self.shunned: set[int] = set()
        "Rows that are not sent until pardon()."
        self._losses = 0
        "Quick ones in a row."
        self._first_s: float | None = None
        self._last_s = 0.0

    def window(self, usual: int) -> int:
        """How many may be on the way: one while a message is suspected."""
        return 1 if self._losses >= PATIENCE else usual

    def sent(self, now_s: float) -> None:
        """A message left."""
        if self._first_s is None:
            self._first_s = now_s
        elif now_s > self._first_s + TRUST_S:
            self._losses = 0
        self._last_s = now_s

    def lost(self, flying: Sequence[int], now_s: float) -> int | None:
        """The connection broke with rows `flying`; the one that is to blame, if it was alone."""
        quick = bool(flying) and now_s <= self._last_s + QUICK_S
        alone = quick and len(flying) == 1 and self._losses >= PATIENCE
        self._losses = self._losses + 1 if quick else 0
        self._first_s = None
        return flying[0] if alone else None

    def shun(self, row: int) -> None:
        """Do not send `row` for now."""
        self.shunned.add(row)

    def pardon(self) -> None:
        """Try all rows again."""
        self.shunned.clear()
