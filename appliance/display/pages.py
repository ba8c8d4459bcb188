"""The board's page as it is sent: settings in; routes of its files and of its words out, no secret in any."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from appliance.config import Settings
from appliance.config.duties import Language
from appliance.display.field.field import KINDS, filled
from appliance.display.server import page_file
from appliance.display.words import languages_of, sign_text, words_in

PAGE = Path(__file__).parent / "page"
DEVICE = ("phone.html", "phone.js", "phone.css", "beside.js")
"What answers on the device alone."


def board_pages(settings: Settings, *, device: bool) -> list[Route]:
    """The page with its files; on the `device` itself the page with the code for phones, too."""
    table = json.dumps(
        {name: table_in(name, settings) for name in languages_of(settings)}, ensure_ascii=False
    )

    async def words(_request: Request) -> Response:
        script = f"export default {table};\nexport const device = {json.dumps(device)};"
        return Response(script, media_type="text/javascript; charset=utf-8")

    files = [file for file in sorted(PAGE.iterdir()) if file.suffix in KINDS]
    routes = [route_of(file) for file in files if device or file.name not in DEVICE]
    pages = [Route("/", page_in(settings, PAGE / "board.html")), Route("/board/tables.js", words), *routes]
    return [*pages, Route("/phone", page_in(settings, PAGE / "phone.html"))] if device else pages


def table_in(language: Language, settings: Settings) -> dict[str, str]:
    """All that the page says in a language: its own words and the sign's text."""
    return {**words_in(language), "sign-text": sign_text(language, settings)}


def route_of(file: Path) -> Route:
    """A file of the page, read once."""
    return Route(f"/board/{file.name}", page_file(file, f"{KINDS[file.suffix]}; charset=utf-8"))


def page_in(settings: Settings, file: Path) -> Callable[[Request], Awaitable[Response]]:
    """A page in the language that its address asks for by ?lang=, else in the booth's; read once."""
    template, languages = file.read_text(encoding="utf-8"), languages_of(settings)
    pages = {name: filled(template, {**words_in(name), "language": name}) for name in languages}

    async def answer(request: Request) -> Response:
        wanted: Any = request.query_params.get("lang")
        return HTMLResponse(pages.get(wanted, pages[languages[0]]))

    return answer
