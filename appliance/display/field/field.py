"""The field page as the display process holds it: settings in; its routes, and what is due between requests, out."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from appliance.config import Settings
from appliance.config.duties import Language
from appliance.display.field.api import Api
from appliance.display.field.device import device_routes
from appliance.display.field.door import Door
from appliance.display.field.window import Window
from appliance.display.field.words import languages_of, words_in
from appliance.display.server import page_file

PAGE = Path(__file__).parent / "page"
KINDS = {".css": "text/css", ".js": "text/javascript"}
PAGES = ("field.html", "code.html")
CODE = ("code.css", "code.js")
"What answers on the device alone, with code.html."
AWAY_S = 10.0
"A page that has not asked for so long is not looked at: vision need not draw for it."


class Field:
    """Owner of door and window; lives in the display's event loop."""

    def __init__(self, settings: Settings, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self._clock = clock
        self._door = Door()
        self._window = Window(settings.folders.runtime)
        self._languages = languages_of(settings)
        self._api = Api(settings, self._door, self._window, clock)

    def routes(self) -> list[Route]:
        """What answers here and on the LAN: the page with its files, and what the page asks for."""
        files = [
            route_of(file, "/field") for file in sorted(PAGE.iterdir()) if file.name not in (*PAGES, *CODE)
        ]
        tables = json.dumps({name: words_in(name) for name in self._languages}, ensure_ascii=False)

        async def words(_request: Request) -> Response:
            return Response(f"export default {tables};", media_type="text/javascript; charset=utf-8")

        page = Route("/field", page_in(self._languages, PAGE / "field.html"))
        return [page, Route("/field/tables.js", words), *files, *self._api.routes()]

    def device_routes(self) -> list[Route]:
        """What answers on this machine only: the code."""
        page = Route("/code", page_in(self._languages, PAGE / "code.html"))
        files = [route_of(PAGE / name, "/code") for name in CODE]
        return [page, *files, *device_routes(self._door, self.url, self._clock)]

    def tend(self, now_s: float) -> None:
        """What is due a few times a second: the view is open while a page asks, and shut when none does."""
        self._api.tend(now_s)
        session = self._door.session(now_s)
        if session is not None and now_s < session.asked_s + AWAY_S:
            self._window.keep_open(now_s)
        else:
            self._window.shut()

    def close(self) -> None:
        """Let go of everything."""
        self._window.shut()


def route_of(file: Path, place: str) -> Route:
    """A file under `place`, read once."""
    return Route(f"{place}/{file.name}", page_file(file, f"{KINDS[file.suffix]}; charset=utf-8"))


def page_in(languages: Sequence[Language], file: Path) -> Callable[[Request], Awaitable[Response]]:
    """A page in the language that its address asks for by ?lang=, else in the first of `languages`; read once."""
    template = file.read_text(encoding="utf-8")
    pages = {name: filled(template, {**words_in(name), "language": name}) for name in languages}

    async def answer(request: Request) -> Response:
        wanted: Any = request.query_params.get("lang")
        return HTMLResponse(pages.get(wanted, pages[languages[0]]))

    return answer


def filled(template: str, words: Mapping[str, str]) -> str:
    """HTML with each {word} as its text."""
    return re.sub(r"\{([\w-]+)\}", lambda found: html.escape(words[found[1]]), template)
