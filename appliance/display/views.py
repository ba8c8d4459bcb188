"""A view's way to the field page, a unix datagram socket as for cards: lossy, and what is stale is dropped."""

from __future__ import annotations

from pathlib import Path

from appliance.display.mailbox import Kind, Mailbox, Outgoing
from appliance.display.view import MOST_BYTES, View, datagram_from_view, view_from_datagram
from appliance.health.owners import is_from_display, is_from_vision

SOCKET = "display/view.sock"
MOST_AT_ONCE = 16
STALE_S = 2.0
"An older view says nothing about where the camera looks now."
MODE = 0o620
"Who is of the folder's group may send, as vision has to; only the process that made the socket can read."
KIND = Kind(SOCKET, "views", "field page", MODE, view_from_datagram, MOST_BYTES, MOST_AT_ONCE, is_from_vision)


class ViewSender:
    """Vision's end: a view goes out at once or not at all, and only to display."""

    def __init__(self, runtime: Path) -> None:
        self._way = Outgoing(runtime / SOCKET)
        self.close = self._way.close

    def send(self, view: View) -> bool:
        """Send one view; False, and no error, when display does not listen, is behind, or somebody else listens."""
        try:
            if not is_from_display(self._way.path.stat().st_uid):
                return False
        except OSError:
            return False
        return self._way.send(datagram_from_view(view))


class ViewReader:
    """The page's end: owns `runtime`/display/view.sock for as long as a technician is on the page."""

    def __init__(self, runtime: Path) -> None:
        """Raises BoothError when the folder cannot be used or another field page listens there already."""
        self._mailbox = Mailbox(runtime, KIND)
        self.path = self._mailbox.path
        self.fileno = self._mailbox.fileno
        self.close = self._mailbox.close

    def read(self, now_s: float) -> View | None:
        """The freshest view among the first datagrams there, if it is of now; never waits."""
        freshest: View | None = None
        for view in self._mailbox.read():
            if abs(now_s - view.at_s) <= STALE_S:
                freshest = view
        return freshest
