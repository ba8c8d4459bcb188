"""A bad line: connections come in at one port and go on to another, as slowly and as long as somebody says."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable

PIECE = 512
"Bytes that go through at once."


class Relay:
    """Listens on `host` in the network of the thread that makes it; `connect` opens the way on, or raises OSError."""

    def __init__(self, host: str, connect: Callable[[], socket.socket]) -> None:
        self.host = host
        self.bytes_s = float("inf")
        "Bytes a second, each direction of each connection on its own."
        self.deaf = False
        "True: what comes in lies there, connections stay open; half-open, as behind a lost route."
        self._connect = connect
        self._listening = socket.create_server((host, 0))
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    def drop(self) -> None:
        """Reset every connection."""
        for side in list(self._open):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of all."""
        self._closed.set()
        self._listening.close()
        self.drop()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._closed.is_set():
                if select.select([self._listening], [], [], 0.2)[0]:
                    near, _ = self._listening.accept()
                    self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = self._connect()
        except OSError:
            near.close()
            return
        self._open |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while not self._closed.is_set():
                if self.deaf or not select.select([source], [], [], 0.2)[0]:
                    self._closed.wait(0.02 if self.deaf else 0)
                    continue
                piece = source.recv(PIECE)
                if not piece:
                    break
                sink.sendall(piece)
                time.sleep(len(piece) / self.bytes_s)
        for side in (source, sink):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            self._open.discard(side)
            side.close()
