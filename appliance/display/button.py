"""The passer-by's button on a GPIO line: the kernel's edges go in, presses come out.

A line that is held counts as pressed again each minute, so that a switch which stays down, or a cable that is shorted,
keeps the cameras closed. A line that cannot be had is a state, tried again now and then, and never ends the process.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from appliance.config import Button as ButtonSettings

RETRY_S = 10.0
HELD_EVERY_S = 60.0
CONSUMER = "booth-pause"
log = logging.getLogger(__name__)


class Line(Protocol):
    """One line that was requested of a chip, as gpiod.LineRequest has it."""

    def fileno(self) -> int:
        """Readable when there are edges."""

    def read_edge_events(self) -> Any:
        """Those that there are; waits where there are none."""

    def get_value(self, line: int | str) -> Any:
        """Truthy while the line is active."""

    def release(self) -> None:
        """Let go of it."""


class Button:
    """Owner of the line. Lives in the display's event loop; times are monotonic seconds."""

    def __init__(
        self,
        settings: ButtonSettings | None,
        act: Callable[[], object],
        request: Callable[[ButtonSettings], Line] | None = None,
    ) -> None:
        """`act` is called for each press, in the event loop."""
        self._settings = settings
        self._act = act
        self._request = request or request_line
        self._line: Line | None = None
        self._tried_s = self._acted_s = float("-inf")
        self.state = "none" if settings is None else "starting"
        "'none' where no button is set, 'ok', 'held', or in one line what is wrong."

    def tend(self, now_s: float) -> None:
        """To be called every second, in the event loop: asks for a line that was not there, and heeds one held down."""
        if self._settings is None:
            return
        if self._line is None and now_s - self._tried_s >= RETRY_S:
            self._tried_s = now_s
            self._open(self._settings)
        if self._line is not None:
            self._heed_level(self._line, self._settings, now_s)

    def close(self) -> None:
        """Let go of the line."""
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line.fileno())
            self._line.release()
            self._line = None

    def _open(self, settings: ButtonSettings) -> None:
        try:
            self._line = self._request(settings)
        except (OSError, ValueError, ImportError) as error:
            self._say(fault_of(settings, error))
        else:
            asyncio.get_running_loop().add_reader(self._line.fileno(), self._heed_edges)

    def _heed_edges(self) -> None:
        """There are edges, or the chip is gone."""
        assert self._line is not None and self._settings is not None  # noqa: PT018 - for the types
        try:
            pressed = len(self._line.read_edge_events()) > 0
        except (OSError, ValueError) as error:
            self._lose(self._settings, error)
            return
        if pressed:
            self._acted_s = time.monotonic()
            self._act()

    def _heed_level(self, line: Line, settings: ButtonSettings, now_s: float) -> None:
        try:
            down = bool(line.get_value(settings.line))
        except (OSError, ValueError) as error:
            self._lose(settings, error)
            return
        self._say("held" if down else "ok")
        if down and now_s - self._acted_s >= HELD_EVERY_S:
            self._acted_s = now_s
            self._act()

    def _lose(self, settings: ButtonSettings, error: Exception) -> None:
        self.close()
        self._say(fault_of(settings, error))

    def _say(self, state: str) -> None:
        """Log the edge, not the level."""
        if state == self.state:
            return
        self.state = state
        if state in ("ok", "held"):
            log.info("the button is %s", "held down" if state == "held" else "there")
        else:
            log.warning("the button is not there: %s", state)


def fault_of(settings: ButtonSettings, error: Exception) -> str:
    """What is wrong with a line, and what to do, in one line."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    cure = "set display.pause_gpio by gpiodetect and gpioinfo, then sudo booth units"
    return f"{settings.chip} line {settings.line}: {' '.join(words.split())}; {cure}"


def request_line(settings: ButtonSettings) -> Line:
    """The line, with its edges from inactive to active. Raises OSError or ValueError where it cannot be had.

    The kernel debounces, and turns both value and edges round for a line that is active low. Its pull resistor is asked
    for; a chip that has none leaves that to the board, and no error comes of it (gpiolib, gpio_set_bias).
    """
    import gpiod
    from gpiod.line import Bias, Direction, Edge

    wanted = gpiod.LineSettings(
        direction=Direction.INPUT,
        edge_detection=Edge.RISING,
        bias=Bias.PULL_UP if settings.active_low else Bias.PULL_DOWN,
        active_low=settings.active_low,
        debounce_period=timedelta(milliseconds=settings.debounce_ms),
    )
    line: Line = gpiod.request_lines(settings.chip, config={settings.line: wanted}, consumer=CONSUMER)
    return line
