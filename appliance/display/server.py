"""The staff board's web server, this machine only: in goes the bulletin, out go page, state and changes."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appliance.display.bulletin import Bulletin

PAGE = Path(__file__).parent / "page"
FILES = {
    "/": ("board.html", "text/html; charset=utf-8"),
    "/board.css": ("board.css", "text/css; charset=utf-8"),
    "/board.js": ("board.js", "text/javascript; charset=utf-8"),
}
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
GUARDS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
WRONG_HOST = PlainTextResponse("this host name is not of this machine", status_code=421)
REPEAT_S = 5.0
"The state is sent again after this silence, so that page and server notice when the other is gone."
MOST_STREAMS = 16
"Pages that may listen at once; a booth has one or two."


def board_app(bulletin: Bulletin, clock: Callable[[], float] = time.monotonic) -> ASGIApp:
    """The web application: GET / and its files, GET /state, GET /events; every answer carries HEADERS."""
    streams = Streams(bulletin, clock)

    async def state(_request: Request) -> Response:
        return JSONResponse(bulletin.state(clock()))

    routes = [Route(path, page_file(*what)) for path, what in FILES.items()]
    routes += [Route("/state", state), Route("/events", streams.answer)]
    return Guard(Starlette(routes=routes))


def page_file(name: str, media_type: str) -> Callable[[Request], Any]:
    """An endpoint that answers with one file of the page, read once."""
    body = (PAGE / name).read_bytes()

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


class Guard:
    """Lets in only requests that name this machine, lest a stranger's name points here; adds HEADERS."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of the ASGI protocol."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *GUARDS]
            await send(message)

        app = self._app if is_loopback(host_of(scope)) else WRONG_HOST
        await app(scope, receive, send_guarded)


def host_of(scope: Scope) -> str:
    """The Host header; empty when it is missing or there are several."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return hosts[0] if len(hosts) == 1 else ""


def is_loopback(host: str) -> bool:
    """True for a Host header, with or without a port, that names this machine."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "80"
    return name.lower() in LOOPBACK_NAMES and port.isascii() and port.isdecimal()
