"""The web applications of the display: routes in; one that answers to this machine only, one to the LAN's name, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from appliance.display.guard import Guard, is_address, is_loopback


def board_app(routes: Sequence[Route]) -> ASGIApp:
    """The web application of this machine: `routes`, for who names this machine."""
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
