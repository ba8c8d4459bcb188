"""A web server on loopback that shows a folder, with Range, and misbehaves as it is told to; counts what it sent."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

Mode = Literal[
    "good",
    "no-range",
    "cut",
    "endless",
    "endless-chunked",
    "loris",
    "silent",
    "slow-head",
    "broken",
    "longer",
    "moved",
]
STALLS: frozenset[Mode] = frozenset({"loris", "silent", "slow-head"})
"The modes that keep a client waiting."


class Server(ThreadingHTTPServer):
    """Shows `folder`; `mode` is how it treats bundles, or all files with `for_all`."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.mode: Mode = "good"
        self.for_all = False
        self.cut_after = 50_000
        "Bytes of a body after which `cut` ends the connection."
        self.bytes_sent = 0
        "Of bundles."
        self.ranges: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what we are here for."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        self.close_connection = True
        file = self.server.folder / self.path.lstrip("/")
        is_bundle = "/targets/" in self.path
        mode: Mode = self.server.mode if is_bundle or self.server.for_all else "good"
        if mode == "silent":
            self.server.over.wait(5)
            return
        if mode == "slow-head":
            self._trickle(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 1000)
            return
        if mode == "broken" or not file.is_file():
            self._head(500 if mode == "broken" else 404, {"Content-Length": "0"})
            return
        if mode == "moved":
            self._head(302, {"Location": "http://127.0.0.1:1/", "Content-Length": "0"})
            return
        self._body(file.read_bytes(), mode, is_bundle=is_bundle)

    def _body(self, content: bytes, mode: Mode, *, is_bundle: bool) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and mode != "no-range" else 0
        if wanted:
            self.server.ranges.append(self.headers["Range"])
        rest = content[start:]
        headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if start else {}
        if mode == "longer":
            rest += b"\0" * 100
        if mode not in {"endless", "endless-chunked"}:
            headers["Content-Length"] = str(len(rest))
        self._head(206 if start else 200, headers)
        if mode in {"endless", "endless-chunked"}:
            self._endless(rest)
        elif mode == "loris":
            self._trickle(rest)
        else:
            self._send(rest[: self.server.cut_after] if mode == "cut" else rest, count=is_bundle)

    def _endless(self, rest: bytes) -> None:
        self._send(rest, count=True)
        while not self.server.over.is_set():
            self._send(b"\0" * 65536, count=True)

    def _trickle(self, content: bytes) -> None:
        for place in range(len(content)):
            if self.server.over.wait(0.05):
                return
            self._send(content[place : place + 1], count=False)

    def _send(self, content: bytes, *, count: bool) -> None:
        self.wfile.write(content)
        self.wfile.flush()
        self.server.bytes_sent += len(content) * count

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server that is up until the block ends."""
    server = Server(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
