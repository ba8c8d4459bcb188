"""One request of the field page: headers and a bounded body in, checked JSON out, or in words why it is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from appliance.display.field.words import said
from appliance.errors import BoothError, ToldError

MOST_BODY = 16_384
"Bytes; thirty zones of thirty-two corners fit twice."
PATIENCE_S = 5.0
"Within which a body has to be here: who sends a byte a minute does not hold a connection."
Endpoint = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, word: str, **more: Any) -> None:
        """`word` is one of the page's tables, and `more` its values; or a sentence for who is no page of ours."""
        super().__init__(word)
        self.status = status
        self.word = said(word, **more)
        self.body = {"error": word, **more}


def refused_by(error: BoothError, status: int = 422) -> Refused:
    """The refusal that tells of `error`: in a word of the page's tables where it has one, else as the booth says it."""
    if isinstance(error, ToldError):
        return Refused(status, error.word, **error.values)
    return Refused(status, "quoted", text=str(error))


def answering(endpoint: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """`endpoint` with its value as JSON, and with a refusal as its status and words."""

    async def reply(request: Request) -> Response:
        try:
            answer = await endpoint(request)
            return answer if isinstance(answer, Response) else JSONResponse(answer)
        except Refused as refused:
            return JSONResponse(refused.body, status_code=refused.status)

    return reply


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that the page itself has sent. Raises Refused for all else, however it is written."""
    check_origin(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "send application/json")
    try:
        content = await asyncio.wait_for(bounded(request), PATIENCE_S)
        values = json.loads(content.decode(), parse_constant=no_number)
    except asyncio.TimeoutError:
        raise Refused(408, "the body did not come") from None
    except ClientDisconnect:
        raise Refused(400, "the page has gone") from None
    except (ValueError, RecursionError):
        raise Refused(400, "no JSON") from None
    if not isinstance(values, dict):
        raise Refused(400, "send a JSON object")
    return values


def check_origin(request: Request) -> None:
    """Raises Refused unless the request was made by a page of exactly this address: no other site sends for it."""
    if request.headers.getlist("origin") != [f"http://{request.headers.get('host', '')}"]:
        raise Refused(403, "only the booth's own page may ask for this")


async def bounded(request: Request) -> bytes:
    """The body. Raises Refused beyond MOST_BODY, as soon as that is known."""
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > MOST_BODY:
            raise Refused(413, f"longer than {MOST_BODY} bytes")
    return content


def no_number(name: str) -> float:
    """Python reads NaN and Infinity, which JSON does not have. Raises ValueError."""
    raise ValueError(name)


def text_in(values: dict[str, Any], key: str, most: int) -> str:
    """A text of at most `most` characters. Raises Refused."""
    value = values.get(key)
    if not isinstance(value, str) or len(value) > most:
        raise Refused(400, f"{key}: a text of at most {most} characters")
    return value


def number_in(values: dict[str, Any], key: str, least: float, most: float) -> float:
    """A number from `least` to `most`. Raises Refused."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Refused(400, f"{key}: a number from {least:g} to {most:g}")
    return float(value)


def flag_in(values: dict[str, Any], key: str) -> bool:
    """True or false. Raises Refused."""
    value = values.get(key)
    if not isinstance(value, bool):
        raise Refused(400, f"{key}: true or false")
    return value
