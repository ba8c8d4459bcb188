"""What the board's page asks for: its state, the stream of changes and the acts of people; behind a gate on the LAN."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from appliance.display.acts import Acts
from appliance.display.bulletin import Bulletin
from appliance.display.field.peer import check_peer
from appliance.display.field.request import Endpoint, Refused, answering, body_of

REPEAT_S = 2.0
"The state is sent again after this silence, so that page and server notice when the other is gone."
MOST_STREAMS = 16
"Pages that may listen at once, on each address of the booth; it has one or two."
Gate = Callable[[Request], None]
"Raises Refused for who may not look."
Do = Callable[[dict[str, Any], float], Awaitable[dict[str, Any]]]


def device_api(bulletin: Bulletin, acts: Acts, clock: Callable[[], float]) -> list[Route]:
    """The endpoints for the booth's own screen: for who sits there, and no other process of the booth, but to pause."""
    # Whose an open connection is does not change, and to find out costs a look at all connections: once is enough.
    api = Api(bulletin, clock, check_peer, check_peer, lambda _: None)
    # The pause is for everybody: nothing shall be in its way.
    pause = api.writing("pause", acts.pause, lambda _: None)
    return [*api.routes(acts), pause, api.writing("arm", acts.arm, check_peer)]


def lan_api(bulletin: Bulletin, acts: Acts, clock: Callable[[], float], gate: Gate) -> list[Route]:
    """The endpoints for the booth's LAN, behind `gate`."""
    api = Api(bulletin, clock, gate, gate, gate)
    return [*api.routes(acts), api.writing("pause", acts.pause, gate)]


class Api:
    """The endpoints of one address."""

    def __init__(
        self, bulletin: Bulletin, clock: Callable[[], float], reads: Gate, writes: Gate, stays: Gate
    ) -> None:
        """`stays` is asked before each event of a stream that `reads` has let begin."""
        self._bulletin = bulletin
        self._clock = clock
        self._reads = reads
        self._writes = writes
        self._stays = stays
        self._open = 0

    def routes(self, acts: Acts) -> list[Route]:
        """What every address has."""
        return [
            Route("/state", answering(self._state), methods=["GET"]),
            Route("/events", answering(self._listen), methods=["GET"]),
            self.writing("ask", acts.ask, self._writes),
            self.writing("verdict", acts.judge, self._writes),
        ]

    def writing(self, name: str, do: Do, gate: Gate) -> Route:
        """An endpoint that changes something, for the booth's own page alone."""

        async def answer(request: Request) -> dict[str, Any]:
            gate(request)
            return await do(await body_of(request), self._clock())

        endpoint: Endpoint = answering(answer)
        return Route(f"/act/{name}", endpoint, methods=["POST"])

    def _may_stay(self, request: Request) -> bool:
        try:
            self._stays(request)
        except Refused:
            return False
        return True

    async def _state(self, request: Request) -> dict[str, Any]:
        self._reads(request)
        return self._bulletin.state(self._clock())

    async def _listen(self, request: Request) -> Response:
        """An endless answer. Raises Refused when too many pages listen."""
        self._reads(request)
        if self._open >= MOST_STREAMS:
            raise Refused(503, "too many pages listen")
        return StreamingResponse(self._events(request), media_type="text/event-stream")

    async def _events(self, request: Request) -> AsyncIterator[str]:
        """Server-sent events: the whole state on each change and after each silence, for as long as one may look."""
        self._open += 1
        try:
            while not self._bulletin.closing and self._may_stay(request):
                yield f"data: {json.dumps(self._bulletin.state(self._clock()))}\n\n"
                await self._bulletin.change(REPEAT_S)
        finally:
            self._open -= 1
