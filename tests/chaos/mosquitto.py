"""A city's Mosquitto on its end of the cable, or on loopback: limits go in, a broker that can be hurt comes out."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from appliance.uplink.broker import LocalBroker
from tests.chaos.namespaces import CITY, Cable

UNBOUND = "max_inflight_messages 0\nmax_queued_messages 1000000"
"""What the broker keeps back for a slow consumer would die with it unsaved. No 0 for the second: 2.0.11 then takes
the queue of a client for full, and hangs up on it, each time that it refuses a message."""
NARROW = "max_inflight_messages 1\nmax_queued_messages 1000000"
"The first is told to clients as Receive Maximum."
ALL = "pattern readwrite #\n"
NO_EVENTS = "pattern read #\npattern write booth/v1/+/+/status\npattern write booth/v1/+/+/health\n"
"""Not `topic` lines: 2.0.11 gives those to an anonymous client when it connects, so that after a restart the
session of one that is not yet back may read nothing, and what comes for it is dropped with a success."""


class Mosquitto:
    """Acknowledged messages are on its disk about a second later, so a kill may take the last of them."""

    def __init__(self, folder: Path, cable: Cable | None = None, limits: str = UNBOUND) -> None:
        self.host = CITY if cable else "127.0.0.1"
        self.keys: Path | None = None
        self._cable = cable
        self._access = folder / "access"
        self.allow()
        self._broker = LocalBroker(folder / "broker", extra=f"acl_file {self._access}\n{limits}")
        self._file = self._broker.folder / "mosquitto.db"
        self._saved = self._file.with_suffix(".saved")
        if cable:
            self._broker.extra += f"\nlistener {self._broker.port} {CITY}"

    @property
    def port(self) -> int:
        """Of both addresses."""
        return self._broker.port

    def reach(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection((self.host, self.port), 3)

    def start(self) -> None:
        """Return once it answers."""
        with self._city():
            self._broker.start()

    def kill(self) -> None:
        """SIGKILL."""
        self._broker.kill()

    def save(self) -> None:
        """Take its file as it is now for what has reached the plates of the disk."""
        shutil.copyfile(self._file, self._saved)

    def cut_power(self) -> None:
        """SIGKILL; and what it wrote since save() was still in the caches of its machine."""
        self.kill()
        self._saved.replace(self._file)

    def stop(self) -> None:
        """SIGTERM."""
        self._broker.stop()

    def refuse_events(self) -> None:
        """Events get reason code 135 (not authorized) from now on."""
        self._set_access(NO_EVENTS)

    def allow(self) -> None:
        """Undo refuse_events()."""
        self._set_access(ALL)

    def _set_access(self, lines: str) -> None:
        self._access.write_text(lines, encoding="ascii")
        self._access.chmod(0o644)
        if hasattr(self, "_broker") and self._broker.pid:
            os.kill(self._broker.pid, signal.SIGHUP)

    def _city(self) -> AbstractContextManager[None]:
        return self._cable.city() if self._cable else nullcontext()
