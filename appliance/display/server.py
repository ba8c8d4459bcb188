"""The staff board's web server, this machine only: in goes the bulletin, out go page, state and changes."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from appliance.display.bulletin import Bulletin
from appliance.display.guard import Guard, is_address, is_loopback

PAGE = Path(__file__).parent / "page"
FILES = {
    "/": ("board.html", "text/html; charset=utf-8"),
    "/board.css": ("board.css", "text/css; charset=utf-8"),
    "/board.js": ("board.js", "text/javascript; charset=utf-8"),
}
REPEAT_S = 5.0
"The state is sent again after this silence, so that page and server notice when the other is gone."
MOST_STREAMS = 16
"Pages that may listen at once; a booth has one or two."


def board_app(
    bulletin: Bulletin, others: Sequence[Route] = (), clock: Callable[[], float] = time.monotonic
) -> ASGIApp:
    """The web application of this machine: GET / and its files, GET /state, GET /events, and `others`."""
    streams = Streams(bulletin, clock)

    async def state(_request: Request) -> Response:
        return JSONResponse(bulletin.state(clock()))

    routes = [Route(path, page_file(PAGE / name, kind)) for path, (name, kind) in FILES.items()]
    routes += [Route("/state", state), Route("/events", streams.answer), *others]
    return Guard(Starlette(routes=routes), is_loopback)


def lan_app(address: str, routes: Sequence[Route]) -> ASGIApp:
    """The web application of the booth's own LAN: `routes` and nothing else, for who names exactly `address`."""
    return Guard(Starlette(routes=routes), is_address(address))


def page_file(file: Path, media_type: str) -> Callable[[Request], Any]:
    """An endpoint that answers with one file of a page, read once."""
    body = file.read_bytes()

    async def answer(_request: Request) -> Response:
        return Response(body, media_type=media_type)

    return answer


class Streams:
    """Server-sent events: the whole state on each change and after each silence."""

    def __init__(self, bulletin: Bulletin, clock: Callable[[], float]) -> None:
        self._bulletin = bulletin
        self._clock = clock
        self._open = 0

    async def answer(self, _request: Request) -> Response:
        """An endless answer, or 503 when too many pages listen."""
        if self._open >= MOST_STREAMS:
            return PlainTextResponse("too many pages listen", status_code=503)
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        self._open += 1
        try:
            yield "retry: 1000\n\n"
            while not self._bulletin.closing:
                yield f"data: {json.dumps(self._bulletin.state(self._clock()))}\n\n"
                await self._bulletin.change(REPEAT_S)
        finally:
            self._open -= 1
