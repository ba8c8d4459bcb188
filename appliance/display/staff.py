"""The staff board as the display process holds it: settings and cards in; routes, and what is due meanwhile, out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.routing import Route

from appliance.config import Settings
from appliance.display.acts import Acts, Parts
from appliance.display.api import device_api, lan_api
from appliance.display.asking import Asking
from appliance.display.board import Board
from appliance.display.bulletin import Bulletin
from appliance.display.button import Button
from appliance.display.card import Card
from appliance.display.pages import board_pages
from appliance.display.pausing import Pausing
from appliance.display.phone import phone_route
from appliance.display.provisioned import provision_line
from appliance.display.situation import situation_of
from appliance.display.standing import is_identified
from appliance.display.ticket import Ticket
from appliance.health.owners import is_from_vision
from appliance.health.vitals import read_vitals
from appliance.remote_file import Remote

WELL = ("none", "starting", "ok", "held")
"What a button says that nobody has to look at."
REFUSED = "a pause was asked for and could not be kept: cover the lens, free space, press again"


class Staff:
    """Owner of the board and of what people press on it; lives in the display's event loop."""

    def __init__(
        self, settings: Settings, lan_url: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`lan_url`: where the board answers on the booth's LAN; None: on this machine only."""
        self._settings = settings
        self._folders = settings.folders
        self._clock = clock
        self._lan_url = lan_url
        self._remote = Remote(settings, clock())
        shown = self._remote.settings.display
        self._bulletin = Bulletin(
            Board(shown.card_s), shown.language, settings.booth, serviced=lan_url is not None
        )
        self._asking = Asking(settings.folders.runtime)
        self._pausing = Pausing(settings.folders.state, settings.folders.runtime)
        self._ticket = None if lan_url is None else Ticket(settings.folders.runtime)
        self._acts = Acts(
            Parts(
                self._bulletin, self._pausing, self._asking, self._remote, self._folders.state,
                self._vitals, self._refresh,
            )
        )  # fmt: skip
        self._button = Button(settings.display.pause_gpio, self._press)
        self._pressing: asyncio.Future[bool] | None = None

    def device_routes(self) -> list[Route]:
        """What answers on this machine only."""
        api = device_api(self._bulletin, self._acts, self._clock)
        phone = phone_route(self._ticket, self._lan_url or "")
        return [*board_pages(self._settings, device=True), *api, phone]

    def lan_routes(self) -> list[Route]:
        """What answers on the LAN, to who has scanned the code."""
        if self._ticket is None:
            return []
        api = lan_api(self._bulletin, self._acts, self._clock, self._ticket.check)
        return [*board_pages(self._settings, device=False), *api]

    def take(self, card: Card) -> None:
        """Show a card that vision has sent."""
        self._bulletin.show(card, self._clock())

    def look(self, now_s: float) -> None:
        """What is due every second: the button, and what the technician has to know."""
        self._button.tend(now_s)
        fault = "" if self._button.state in WELL else self._button.state
        refused = REFUSED if self._acts.refused else ""
        self._bulletin.note(refused or provision_line(self._folders.state, time.time()) or fault)

    def _press(self) -> None:
        self._pressing = asyncio.ensure_future(self._acts.press(self._clock()))

    def tend(self, now_s: float) -> None:
        """What is due a few times a second."""
        if self._remote.look(now_s):
            self._bulletin.speak(self._remote.settings.display)
        uplink = read_vitals(self._folders.runtime, "uplink", now_s)
        self._bulletin.identify(is_identified(uplink, now_s))
        self._asking.tend(self._vitals(now_s), now_s)
        self._pausing.tend(now_s)
        self._refresh(now_s)

    def figures(self) -> dict[str, Any]:
        """Counters for the vitals of display, since it was started, and how the button is."""
        words = {name.replace("-", "_"): count for name, count in self._bulletin.verdicts.counts.items()}
        return {"cards": self._bulletin.board.count, **words, "button": self._button.state}

    def close(self) -> None:
        """End all streams, and an ask that nobody would see the answer to."""
        self._button.close()
        self._pausing.close()
        self._asking.close()
        self._bulletin.close()

    def _refresh(self, now_s: float) -> None:
        vitals = self._vitals(now_s)
        asked, spot = self._asking.state(vitals, now_s), self._remote.settings.capture.spot is not None
        situation = situation_of(vitals, asked, self._pausing.left_s(), spot=spot, now_s=now_s)
        self._bulletin.refresh(situation, now_s)

    def _vitals(self, now_s: float) -> dict[str, Any] | None:
        return read_vitals(self._folders.runtime, "vision", now_s, is_from_vision)
