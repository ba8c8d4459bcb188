"""A view's way to the field page, a unix datagram socket as for cards: lossy, and what is stale is dropped."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

from appliance.display.cards import answers
from appliance.display.view import MOST_BYTES, View, datagram_from_view, view_from_datagram
from appliance.errors import BoothError
from appliance.health.field import is_from_display

SOCKET = "view.sock"
MOST_AT_ONCE = 16
"Datagrams read in one go; all but the freshest are dropped."
STALE_S = 2.0
"An older view says nothing about where the camera looks now."
MODE = 0o620
"Who is of the folder's group may send, as vision has to; only the process that made the socket can read."
log = logging.getLogger(__name__)


class ViewSender:
    """Vision's end: a view goes out at once or not at all, and only to display."""

    def __init__(self, runtime: Path) -> None:
        self._path = runtime / SOCKET
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, view: View) -> bool:
        """Send one view; False, and no error, when display does not listen, is behind, or somebody else listens."""
        try:
            if not is_from_display(self._path.stat().st_uid):
                return False
            self._socket.sendto(datagram_from_view(view), str(self._path))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


class ViewReader:
    """The page's end: owns `runtime`/view.sock for as long as a technician is on the page."""

    def __init__(self, runtime: Path) -> None:
        """Raises BoothError when the folder cannot be used or another field page listens there already."""
        self.path = runtime / SOCKET
        self._refusing = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            runtime.mkdir(parents=True, exist_ok=True)
            self._bind()
        except OSError as error:
            self._socket.close()
            cure = "set folders.runtime to a short path that this user may write"
            raise BoothError(f"{self.path}: {error.strerror or error}; {cure}") from None
        except BoothError:
            self._socket.close()
            raise

    def _bind(self) -> None:
        if answers(self.path):
            raise BoothError(f"{self.path}: another field page runs here; stop it first")
        self.path.unlink(missing_ok=True)
        self._socket.bind(str(self.path))
        self.path.chmod(MODE)

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._socket.fileno()

    def read(self, now_s: float) -> View | None:
        """The freshest view among the first MOST_AT_ONCE datagrams there, if it is of now; never waits."""
        freshest: View | None = None
        for _ in range(MOST_AT_ONCE):
            try:
                data = self._socket.recv(MOST_BYTES + 1)
            except OSError:
                break
            view = self._checked(data)
            if view is not None and abs(now_s - view.at_s) <= STALE_S:
                freshest = view
        return freshest

    def _checked(self, data: bytes) -> View | None:
        try:
            view = view_from_datagram(data)
        except ValueError as error:
            if not self._refusing:
                log.warning("%s: ignoring datagrams that are no views (%s)", self.path, error)
            self._refusing = True
            return None
        self._refusing = False
        return view

    def close(self) -> None:
        """Let go of the socket and take its file away."""
        self._socket.close()
        self.path.unlink(missing_ok=True)
