"""What a world wants of its city's broker, be it Mosquitto or a cluster."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Protocol


class CityBroker(Protocol):
    """Mosquitto or a cluster; start() returns once it answers."""

    @property
    def host(self) -> str:
        """As the booth reaches it."""
        ...

    @property
    def port(self) -> int:
        """The same."""
        ...

    @property
    def keys(self) -> Path | None:
        """Folder with those of all clients; None: nobody needs any."""
        ...

    def reach(self) -> socket.socket:
        """A connection as a booth's. Raises OSError."""
        ...

    def start(self) -> None:
        """Return once it answers."""

    def kill(self) -> None:
        """SIGKILL."""

    def save(self) -> None:
        """What is acknowledged from now on, a cut of its power takes away."""

    def cut_power(self) -> None:
        """As its machine's would be."""

    def stop(self) -> None:
        """For good."""

    def refuse_events(self) -> None:
        """By the access list."""

    def allow(self) -> None:
        """Undo refuse_events()."""
