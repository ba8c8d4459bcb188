"""The code that lets a phone or tablet see the board: asked for on the device's own screen, answered there alone."""

from __future__ import annotations

import logging
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from appliance.display.field.device import qr_of
from appliance.display.field.peer import check_peer
from appliance.display.field.request import Refused, answering, body_of, flag_in
from appliance.display.ticket import Ticket

log = logging.getLogger(__name__)


def phone_route(ticket: Ticket | None, url: str) -> Route:
    """POST /phone: the board's address on the LAN with the token in its fragment, which no server is ever sent."""

    async def show(request: Request) -> dict[str, Any]:
        values = await body_of(request)
        check(request)
        if ticket is None:
            raise Refused(404, "phone-none")
        if flag_in(values, "renew"):
            log.info("a new token for the board: phones and tablets that were in are out")
            ticket.renew()
        return {"url": url, "qr": qr_of(f"{url}#{ticket.text}")}

    return Route("/phone", answering(show), methods=["POST"])


def check(request: Request) -> None:
    """Raises Refused where another process of the booth asks."""
    try:
        check_peer(request)
    except Refused:
        raise Refused(403, "phone-refused") from None
