"""What only the device itself shows, on loopback: a new code with the address to open, for a screen or a console."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from starlette.requests import Request
from starlette.routing import Route

from appliance.display.field.door import Door
from appliance.display.field.peer import check_peer
from appliance.display.field.request import answering, body_of
from appliance.errors import BoothError
from appliance.health.vitals import read_vitals

PATIENCE_S = 5.0
MOST_ANSWER = 65_536


def device_routes(door: Door, url: str, clock: Callable[[], float]) -> list[Route]:
    """POST /code makes a code; GET /code/state says whether it is still waited for."""

    async def state(_request: Request) -> dict[str, Any]:
        now_s = clock()
        session = door.session(now_s) is not None
        return {"session": session, "waiting": door.is_waiting(now_s)}

    async def show(request: Request) -> dict[str, Any]:
        await body_of(request)
        check_peer(request)
        now_s = clock()
        code = door.show_code(now_s)
        shown = {"digits": code.digits, "left_s": round(code.until_s - now_s), "url": url, "qr": qr_of(url)}
        return {**shown, **await state(request)}

    return [
        Route("/code", answering(show), methods=["POST"]),
        Route("/code/state", answering(state), methods=["GET"]),
    ]


def qr_of(url: str) -> list[str]:
    """The rows of a QR code (ISO 18004) of `url`, '1' for dark; the address only, never the code."""
    return ["".join("01"[bool(dark)] for dark in row) for row in segno.make(url, micro=False).matrix]


def code_from_display(runtime: Path) -> dict[str, Any]:
    """Ask the running display process for a code, as its own page does. Raises BoothError with the cure."""
    url = (read_vitals(runtime, "display", time.monotonic()) or {}).get("url")
    if not isinstance(url, str):
        raise BoothError(
            f"{runtime}/display.json: the display does not run or cannot be read; "
            "sudo systemctl start booth-display, and be root or in the group booth"
        )
    try:
        return asked(url)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise BoothError(f"{url}: no code ({error}); sudo systemctl restart booth-display") from None


def asked(url: str) -> dict[str, Any]:
    """The answer to POST /code. Raises OSError, ValueError, HTTPException."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE_S)
    try:
        headers = {"content-type": "application/json", "origin": f"http://{parts.netloc}"}
        connection.request("POST", "/code", b"{}", headers)
        answer = connection.getresponse()
        values = json.loads(answer.read(MOST_ANSWER))
    finally:
        connection.close()
    if answer.status != 200 or not isinstance(values, dict):
        raise ValueError(values.get("error", "") if isinstance(values, dict) else "no answer")
    return values
