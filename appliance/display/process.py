"""The display process: in go settings and a stop event; serves the staff board until the event is set."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from appliance.config import Settings
from appliance.display.board import Board
from appliance.display.bulletin import Bulletin
from appliance.display.cards import CardReader
from appliance.display.connections import Connection, LanConnection
from appliance.display.field.field import Field
from appliance.display.listeners import Listeners, listening, url_of
from appliance.display.provisioned import provision_line
from appliance.display.server import board_app, lan_app
from appliance.display.standing import is_identified, standing_from_vitals
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
        listening(settings.display) as listeners,
        contextlib.closing(CardReader(settings.folders.runtime)) as cards,
    ):
        try:
            asyncio.run(Process(settings, listeners, cards).run(stop))
        finally:
            remove_vitals(settings.folders.runtime, "display")


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the process that owns the stop event owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def quiet_server(app: ASGIApp, connection: type[Connection]) -> QuietServer:
    """A server of `app` that writes no log of its own and believes no header of a proxy.

    It bounds its own connections: whoever fills up the LAN's does not take the staff's board away.
    """
    return QuietServer(
        uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False,
            proxy_headers=False, http=connection, timeout_graceful_shutdown=1,
        )
    )  # fmt: skip


class Process:
    """Everything of one display process; lives in one event loop."""

    def __init__(self, settings: Settings, listeners: Listeners, cards: CardReader) -> None:
        self._runtime = settings.folders.runtime
        self._state = settings.folders.state
        self._listeners = listeners
        self._cards = cards
        self._remote = Remote(settings, time.monotonic())
        shown = self._remote.settings.display
        self._bulletin = Bulletin(
            Board(shown.card_s), shown.language, settings.booth, serviced=listeners.lan is not None
        )
        self._shown = 0
        self._written_s = float("-inf")
        self._field = Field(settings, url_of(listeners.lan or listeners.loopback) + "field")
        board = board_app(self._bulletin, [*self._field.routes(), *self._field.device_routes()])
        self._servers = [(quiet_server(board, Connection), listeners.loopback)]
        if listeners.lan is not None and settings.display.lan is not None:
            lan = lan_app(settings.display.lan, self._field.routes())
            server = quiet_server(lan, LanConnection)
            self._servers.append((server, listeners.lan))

    async def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; ends within about two seconds, listening pages or not."""
        loop = asyncio.get_running_loop()
        serving = [asyncio.create_task(server.serve(sockets=[bound])) for server, bound in self._servers]
        loop.add_reader(self._cards, self._take)
        try:
            notify.ready()
            while not stop.is_set() and not any(task.done() for task in serving):
                self._tick(time.monotonic())
                await asyncio.sleep(TICK_S)
        finally:
            loop.remove_reader(self._cards)
            self._bulletin.close()
            self._field.close()
            for server, _ in self._servers:
                server.should_exit = True
            await asyncio.gather(*serving)

    def _take(self) -> None:
        for card in self._cards.read():
            self._shown += self._bulletin.show(card, time.monotonic())

    def _tick(self, now_s: float) -> None:
        if self._remote.look(now_s):
            self._bulletin.speak(self._remote.settings.display)
        self._bulletin.identify(is_identified(read_vitals(self._runtime, "uplink", now_s), now_s))
        self._bulletin.refresh(standing_from_vitals(read_vitals(self._runtime, "vision", now_s)), now_s)
        self._field.tend(now_s)
        if now_s - self._written_s >= VITALS_EVERY_S:
            self._written_s = now_s
            self._bulletin.note(provision_line(self._state, time.time()))
            urls = {"url": url_of(self._listeners.loopback), "field_url": self._field.url}
            vitals = {"state": "running", **urls, "cards": self._shown}
            write_vitals(self._runtime, "display", vitals, now_s)
            # The loop that got here is the one that serves the pages.
            notify.alive()
