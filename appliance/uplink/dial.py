"""Reaching a broker without waiting for it: a link goes in, a thread dials, and whoever asks learns how far it is."""

from __future__ import annotations

import threading

from appliance.errors import BoothError
from appliance.uplink.mqtt import Link


class Dial:
    """Dials `link` in a thread of its own: names and TLS may take many seconds, and the watchdog wants none."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._error: BoothError | None = None
        self._abandoned = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="dial", daemon=True)
        self._thread.start()

    def done(self) -> bool:
        """True once the broker was reached. Raises LinkLostError when it was not."""
        if self._thread.is_alive():
            return False
        if self._error:
            raise self._error
        return True

    def abandon(self) -> None:
        """Nobody waits any more: the socket is closed now, or as soon as there is one."""
        with self._lock:
            self._abandoned = True
        if not self._thread.is_alive():
            self._link.close()

    def _run(self) -> None:
        try:
            self._link.dial()
        except BoothError as error:
            self._error = error
        with self._lock:
            abandoned = self._abandoned
        if abandoned:
            self._link.close()
