"""The display process: in go settings and a stop event; serves the staff board until the event is set."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn

from appliance.config import Display, Settings
from appliance.display.board import Board
from appliance.display.bulletin import Bulletin
from appliance.display.cards import CardReader
from appliance.display.provisioned import provision_line
from appliance.display.server import board_app
from appliance.display.standing import is_identified, standing_from_vitals
from appliance.errors import BoothError
from appliance.health import notify
from appliance.health.vitals import read_vitals, remove_vitals, write_vitals
from appliance.remote_file import Remote

TICK_S = 0.25
"How late a card may leave the board."
VITALS_EVERY_S = 1.0
log = logging.getLogger(__name__)


def run_display(settings: Settings, stop: threading.Event) -> None:
    """Serve the staff board until `stop` is set, by the files' `settings` and what is set from afar.

    Raises BoothError when the port is taken or the runtime folder cannot be used.
    """
    with (
        listening(settings.display) as listener,
        contextlib.closing(CardReader(settings.folders.runtime)) as cards,
    ):
        try:
            asyncio.run(Process(settings, listener, cards).run(stop))
        finally:
            remove_vitals(settings.folders.runtime, "display")


@contextlib.contextmanager
def listening(display: Display) -> Iterator[socket.socket]:
    """A socket bound to the board's address. Raises BoothError with the cure when the port is taken."""
    family = socket.AF_INET6 if ":" in display.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((display.host, display.port))
        except OSError as error:
            cure = "free the port or set display.port to another one, 0 for any free one"
            raise BoothError(f"display.port {display.port}: {error.strerror}; {cure}") from None
        yield listener


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds the board."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the process that owns the stop event owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


class Process:
    """Everything of one display process; lives in one event loop."""

    def __init__(self, settings: Settings, listener: socket.socket, cards: CardReader) -> None:
        self._runtime = settings.folders.runtime
        self._state = settings.folders.state
        self._listener = listener
        self._cards = cards
        self._remote = Remote(settings, time.monotonic())
        shown = self._remote.settings.display
        self._bulletin = Bulletin(Board(shown.card_s), shown.language, settings.booth)
        self._shown = 0
        self._written_s = float("-inf")
        self._server = QuietServer(
            uvicorn.Config(
                board_app(self._bulletin), log_config=None, access_log=False, lifespan="off", ws="none",
                server_header=False, limit_concurrency=64, timeout_graceful_shutdown=1,
            )
        )  # fmt: skip

    async def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; ends within about two seconds, listening pages or not."""
        loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        loop.add_reader(self._cards, self._take)
        try:
            notify.ready()
            while not stop.is_set() and not serving.done():
                self._tick(time.monotonic())
                await asyncio.sleep(TICK_S)
        finally:
            loop.remove_reader(self._cards)
            self._bulletin.close()
            self._server.should_exit = True
            await serving

    def _take(self) -> None:
        for card in self._cards.read():
            self._shown += self._bulletin.show(card, time.monotonic())

    def _tick(self, now_s: float) -> None:
        if self._remote.look(now_s):
            self._bulletin.speak(self._remote.settings.display)
        self._bulletin.identify(is_identified(read_vitals(self._runtime, "uplink", now_s), now_s))
        self._bulletin.refresh(standing_from_vitals(read_vitals(self._runtime, "vision", now_s)), now_s)
        if now_s - self._written_s >= VITALS_EVERY_S:
            self._written_s = now_s
            self._bulletin.note(provision_line(self._state, time.time()))
            vitals = {"state": "running", "url": url_of(self._listener), "cards": self._shown}
            write_vitals(self._runtime, "display", vitals, now_s)
            # The loop that got here is the one that serves the pages.
            notify.alive()
