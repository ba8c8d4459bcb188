"""The field page as the display process holds it: settings in; its routes, and what is due between requests, out."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from starlette.routing import Route

from appliance.config import Settings
from appliance.display.field.api import Api
from appliance.display.field.device import device_routes
from appliance.display.field.door import Door
from appliance.display.field.window import Window
from appliance.display.server import page_file

PAGE = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
AWAY_S = 10.0
"A page that has not asked for so long is not looked at: vision need not draw for it."


class Field:
    """Owner of door and window; lives in the display's event loop."""

    def __init__(self, settings: Settings, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self._clock = clock
        self._door = Door()
        self._window = Window(settings.folders.runtime)
        self._api = Api(settings, self._door, self._window, clock)

    def routes(self) -> list[Route]:
        """What answers here and on the LAN: the page with its files, and what the page asks for."""
        files = [file for file in sorted(PAGE.iterdir()) if not file.name.startswith("code.")]
        return [route_of(file, "/field") for file in files] + self._api.routes()

    def device_routes(self) -> list[Route]:
        """What answers on this machine only: the code."""
        files = [route_of(PAGE / name, "/code") for name in ("code.html", "code.css", "code.js")]
        return files + device_routes(self._door, self.url, self._clock)

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
    """A file under `place`, the HTML at `place` itself; read once."""
    path = place if file.suffix == ".html" else f"{place}/{file.name}"
    return Route(path, page_file(file, f"{KINDS[file.suffix]}; charset=utf-8"))
