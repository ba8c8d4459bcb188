"""Which message breaks the connection: losses and what was on the way go in, the one to blame comes out.

A broker may hang up on a message instead of refusing it: RabbitMQ 4.0 does so on a topic that is not ours. Sent again
on the next connection, it would break that one too, and nothing behind it would ever arrive. So after a few such losses
messages go one at a time, and one that is alone when the connection breaks is left aside for a while. Where it was the
network after all, that costs its order and some seconds.

Where several in a row had to be left aside, the next would break the connection, too: a right was taken away. Then
nothing is sent until the next try, so that the booth stays there for its status and commands; each try is one message.
"""

from __future__ import annotations

from collections.abc import Sequence

QUICK_S = 2.0
"A broker hangs up at once; later it is the network."
PATIENCE = 2
"Quick losses in a row before messages go one at a time."
HOPELESS = 3
"Messages to blame in a row, none taken in between, before no more are tried."
TRUST_S = 5.0
"A connection that has stood so long while messages went is a good one."


class Trial:
    """Owner of the suspicion."""

    def __init__(self) -> None:
        self.shunned: set[int] = set()
        "Rows that are not sent until pardon()."
        self.at_rest = False
        "Nothing is to be sent until try_again()."
        self._blamed = 0
        "In a row."
        self._losses = 0
        "Quick ones in a row."
        self._first_s: float | None = None
        self._last_s = 0.0

    def window(self, usual: int) -> int:
        """How many may be on the way: one while a message is suspected."""
        return 1 if self._suspects() else usual

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
        alone = quick and len(flying) == 1 and self._suspects()
        self._losses = self._losses + 1 if quick else 0
        self._first_s = None
        return flying[0] if alone else None

    def shun(self, row: int) -> None:
        """Do not send `row` for now."""
        self.shunned.add(row)
        self._blamed += 1
        self.at_rest = self._blamed >= HOPELESS

    def taken(self) -> None:
        """The broker took a message."""
        self._blamed = 0

    def try_again(self, others: bool) -> None:
        """Send again: where all seemed lost one of the `others`, if there are any, for not all need be bad."""
        if not (others and self._blamed >= HOPELESS):
            self.shunned.clear()
        self.at_rest = False

    def pardon(self) -> None:
        """Try all rows again, as if nothing had been."""
        self.shunned.clear()
        self._blamed = 0
        self.at_rest = False

    def _suspects(self) -> bool:
        return self._losses >= PATIENCE or self._blamed >= HOPELESS
