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
from appliance.display.cards import CardReader
from appliance.display.connections import Connection, LanConnection
from appliance.display.field.field import Field
from appliance.display.listeners import Listeners, listening, url_of
from appliance.display.server import board_app, lan_app
from appliance.display.staff import Staff
from appliance.health import notify
from appliance.health.vitals import remove_vitals, write_vitals

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
    """A server of `app` that logs its start, its end and faults, no request, and believes no header of a proxy.

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
        self._listeners = listeners
        self._cards = cards
        lan = settings.display.lan
        lan_url = None if listeners.lan is None else url_of(listeners.lan)
        self._staff = Staff(settings, lan_url)
        self._field = Field(settings, (lan_url or url_of(listeners.loopback)) + "field")
        device = [*self._staff.device_routes(), *self._field.routes(), *self._field.device_routes()]
        self._servers = [(quiet_server(board_app(device), Connection), listeners.loopback)]
        if listeners.lan is not None and lan is not None:
            app = lan_app(lan, [*self._staff.lan_routes(), *self._field.routes()])
            self._servers.append((quiet_server(app, LanConnection), listeners.lan))
        self._written_s = float("-inf")

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
            self._staff.close()
            self._field.close()
            for server, _ in self._servers:
                server.should_exit = True
            await asyncio.gather(*serving)

    def _take(self) -> None:
        for card in self._cards.read():
            self._staff.take(card)

    def _tick(self, now_s: float) -> None:
        self._staff.tend(now_s)
        self._field.tend(now_s)
        if now_s - self._written_s >= VITALS_EVERY_S:
            self._written_s = now_s
            self._staff.look(now_s)
            urls = {"url": url_of(self._listeners.loopback), "field_url": self._field.url}
            vitals = {"state": "running", **urls, **self._staff.figures()}
            write_vitals(self._runtime, "display", vitals, now_s)
            # The loop that got here is the one that serves the pages.
            notify.alive()
