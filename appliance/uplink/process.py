"""The uplink process: outbox and vitals go in, one booth on the broker comes out, until somebody stops it.

One thread does everything here but to reach the broker, which may take long: dial.py has a thread for that.
"""

from __future__ import annotations

import logging
import select
import threading
import time
from collections.abc import Callable
from functools import partial

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health import notify
from appliance.health.clock import read_clock
from appliance.health.owners import is_from_display, is_from_vision
from appliance.health.vitals import read_vitals, remove_vitals, write_vitals
from appliance.uplink.life import Life
from appliance.uplink.outbox import OUTBOX, Outbox
from appliance.uplink.outbox_bounds import bounds_from_settings

log = logging.getLogger(__name__)

TELL_S = 1.0
"Between two writings of our vitals."
TEND_S = 60.0
"Between two looks at the age of what waits."


def run_uplink(settings: Settings, stop: threading.Event) -> None:
    """Serve the booth until `stop` is set, then say good-bye and return.

    Raises BoothError for settings that no retry mends: folders that cannot be written, TLS files that are no
    good. A missing broker is waited for.
    """
    uplink = UplinkProcess(settings, stop)
    try:
        uplink.run()
    finally:
        uplink.close()


class UplinkProcess:
    """What `booth run uplink` is."""

    def __init__(
        self, settings: Settings, stop: threading.Event, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.stop = stop
        self.now_s = now_s
        self.outbox = Outbox(settings.folders.state / OUTBOX, bounds_from_settings(settings.uplink))
        self._runtime = settings.folders.runtime
        # Others write in the folder too: vision's words are vision's, and the board's counts the board's.
        vitals = partial(read_vitals, self._runtime, "vision", is_from=is_from_vision)
        board = partial(read_vitals, self._runtime, "display", is_from=is_from_display)
        self.life = Life(settings, self.outbox, vitals, now_s(), board=board)
        self._told_s = float("-inf")
        self._told_state = ""
        self._tended_s = float("-inf")
        self._mute = False

    def run(self) -> None:
        """Lead the booth's life until it has parted."""
        self._tell(self.now_s())
        notify.ready()
        while not self.life.over:
            if self.stop.is_set():
                self.life.part(self.now_s())
            due_s = self.life.step(self.now_s())
            now_s = self.now_s()
            if now_s >= self._told_s + TELL_S or self.life.report.state != self._told_state:
                self._tell(now_s)
            self._wait(min(due_s, self._told_s + TELL_S) - now_s)

    def close(self) -> None:
        """Let go of connection and outbox, and take the vitals back."""
        notify.stopping()
        self.life.close()
        self.outbox.close()
        remove_vitals(self._runtime, "uplink")

    def _wait(self, seconds: float) -> None:
        """Until the broker has something for us, it takes what waits, or the time is over."""
        file = self.life.fileno()
        if file < 0 or self.life.over:
            self.stop.wait(max(0.0, seconds))
            return
        poll = select.poll()
        poll.register(file, select.POLLIN | (select.POLLOUT if self.life.wants_write() else 0))
        poll.poll(max(0.0, seconds) * 1000)

    def _tell(self, now_s: float) -> None:
        """uplink.json, and the watchdog: called by a loop that goes round, by nothing else."""
        self._told_s, self._told_state = now_s, self.life.report.state
        if now_s >= self._tended_s + TEND_S:
            self._tended_s = now_s
            self.outbox.tend(read_clock())
        figures = self.life.report.figures()
        figures["identify_until_s"] = self.life.inbox.commands.identify_until_s
        try:
            write_vitals(self._runtime, "uplink", figures, now_s)
            self._mute = False
        except BoothError as error:
            if not self._mute:
                log.error("%s", error)
            self._mute = True
        notify.alive()
        why = f": {figures['reason']}" if figures["reason"] else ""
        notify.status(f"{figures['state']}{why}; {figures['outbox_rows']} messages wait")
