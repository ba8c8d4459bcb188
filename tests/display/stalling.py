"""A way to the booth that stalls: its port goes in; an address through which answers come late when told so, out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Way:
    """Connections to one port, whose answers wait while it is held."""

    url: str
    flows: threading.Event = field(default_factory=threading.Event)
    "Cleared: what the booth says is kept, and comes all at once later."

    def stall(self) -> None:
        """Keep what the booth says from now on."""
        self.flows.clear()

    def go_on(self) -> None:
        """Let all of it come."""
        self.flows.set()


@contextmanager
def way_to(url: str) -> Iterator[Way]:
    """A way to the booth at `url`, which flows at first."""
    port = int(url.rstrip("/").rpartition(":")[2])
    with ExitStack() as stack:
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        way = Way(f"http://127.0.0.1:{door.getsockname()[1]}/")
        stack.callback(way.go_on)
        stack.callback(door.shutdown, socket.SHUT_RDWR)
        way.go_on()
        threading.Thread(target=accept, args=(door, port, way), daemon=True).start()
        yield way


def accept(door: socket.socket, port: int, way: Way) -> None:
    """Until the door is shut, two threads for each who comes."""
    with suppress(OSError):
        while True:
            near, _ = door.accept()
            far = socket.create_connection(("127.0.0.1", port))
            always = threading.Event()
            always.set()
            for ends in ((near, far, always), (far, near, way.flows)):
                threading.Thread(target=carry, args=ends, daemon=True).start()


def carry(source: socket.socket, sink: socket.socket, flows: threading.Event) -> None:
    """Bytes one way, until either end is gone."""
    with source, sink, suppress(OSError):
        while data := source.recv(65_536):
            flows.wait()
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
