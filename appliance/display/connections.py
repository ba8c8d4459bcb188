"""One connection of a browser: bytes of anybody in, requests out; who says nothing, or comes too often, is cut off.

uvicorn accepts whoever knocks and waits for a request for as long as it takes: a visitor of the LAN would hold all of
the page's places with as many silent connections, and then all of the process's files, which are the board's too.
"""

from __future__ import annotations

import asyncio

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
    most_of_one = MOST
    _last: RequestResponseCycle | None = None
    "The request that was there at the last look."

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or cut it off at once."""
        super().connection_made(transport)
        if len(self.connections) > self.most or self._beside() > self.most_of_one:
            transport.abort()
            return
        self.loop.call_later(PATIENCE_S, self._look)

    def _beside(self) -> int:
        """Connections of the same address, this one among them."""
        host = self.client and self.client[0]
        return sum(bool(one.client and one.client[0] == host) for one in self.connections)  # type: ignore[union-attr]

    def _look(self) -> None:
        if self.transport.is_closing() and self not in self.connections:
            return
        answering = self.cycle is not None and not self.cycle.response_complete
        if not answering and self.cycle is self._last:
            # Not close(): that waits for whoever does not read what was sent.
            self.transport.abort()
            return
        self._last = self.cycle
        self.loop.call_later(PATIENCE_S, self._look)


class LanConnection(Connection):
    """The same, of the LAN: nobody there takes all places."""

    most_of_one = MOST_OF_ONE
