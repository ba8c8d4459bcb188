"""One connection of a browser: bytes of anybody in, requests out; who says nothing, or comes too often, is cut off.

uvicorn accepts whoever knocks and waits for a request for as long as it takes: a visitor of the LAN would hold all of
the page's places with as many silent connections, and then all of the process's files, which are the board's too.
Where all places are taken, the oldest connection that is not being answered goes: a page that listens stays.
"""

from __future__ import annotations

import asyncio
import math

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

MOST = 64
"On each address of the booth."
MOST_OF_ONE = 16
"From one telephone on the LAN; a browser makes six."
PATIENCE_S = 10.0
"Within which a connection has to bring a whole request, its first or another one."


class Connection(H11Protocol):
    """One of at most `most`, of which `most_of_one` are from one address."""

    most = MOST
    most_of_one: float = math.inf
    _since_s = 0.0
    "When it was made, by the clock of the loop."
    _last: RequestResponseCycle | None = None
    "The request that was there at the last look."

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, in the place of another where there is none, or cut it off at once."""
        super().connection_made(transport)
        self._since_s = self.loop.time()
        if self._beside() > self.most_of_one or not self._finds_place():
            transport.abort()
            return
        self.loop.call_later(PATIENCE_S, self._look)

    def _beside(self) -> int:
        """Connections of the same address, this one among them."""
        host = self.client and self.client[0]
        return sum(bool(one.client and one.client[0] == host) for one in self.connections)  # type: ignore[union-attr]

    def _finds_place(self) -> bool:
        """Whether there is a place, or one could be made."""
        # Those that were cut off a moment ago are still among them.
        there = [
            one for one in self.connections if isinstance(one, Connection) and not one.transport.is_closing()
        ]
        if len(there) <= self.most:
            return True
        idle = [one for one in there if one is not self and not one.is_answering]
        if idle:
            min(idle, key=lambda one: one._since_s).transport.abort()
        return bool(idle)

    @property
    def is_answering(self) -> bool:
        """Whether a request of it has no whole answer yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _look(self) -> None:
        if self.transport.is_closing() and self not in self.connections:
            return
        if not self.is_answering and self.cycle is self._last:
            # Not close(): that waits for whoever does not read what was sent.
            self.transport.abort()
            return
        self._last = self.cycle
        self.loop.call_later(PATIENCE_S, self._look)


class LanConnection(Connection):
    """The same, of the LAN: nobody there takes all places."""

    most_of_one = MOST_OF_ONE
