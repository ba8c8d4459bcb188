"""HTTP for updates: an address in, its bytes out; a server that is slow, silent or endless is left, not waited for.

No redirects, no proxies, no cookies: what comes is believed only by its signature, so all that this must guard is our
time and our disk.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from appliance.update.refusal import Refused

CHUNK_BYTES = 64 * 1024
CURE = "tried again by itself; check the booth's network and the update server if it stays so"


@dataclass(frozen=True)
class Patience:
    """How long we wait for a server."""

    silence_s: float = 20
    "For a connection, and between two pieces."
    head_s: float = 30
    "Until the headers are there, however they trickle."
    window_s: float = 60
    least_bytes_s: float = 2_000
    "Bytes in a second, on average over each window: a mobile link at its worst has more."


def host_of(url: str) -> str:
    """Host and port of `url`, to be named in errors: addresses may carry passwords."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


@contextlib.contextmanager
def opened(url: str, headers: Mapping[str, str], patience: Patience) -> Iterator[http.client.HTTPResponse]:
    """The answer to GET `url`, whatever its status. Raises Refused('no-server') and Refused('stalled')."""
    connection = connection_to(url, patience)
    parts = urlsplit(url)
    late = threading.Event()
    timer = threading.Timer(patience.head_s, cut_off, [connection, late])
    timer.daemon = True
    timer.start()
    try:
        with named_faults(url):
            connection.connect()
            if late.is_set():
                # There was nothing to cut off yet, and the timer does not come again.
                raise TimeoutError
            connection.request("GET", parts.path, headers={"User-Agent": "booth", **headers})
            answer = connection.getresponse()
        timer.cancel()
        if late.is_set():
            raise Refused("stalled", f"{host_of(url)}: headers come too slowly; {CURE}")
        yield answer
    finally:
        timer.cancel()
        connection.close()


def connection_to(url: str, patience: Patience) -> http.client.HTTPConnection:
    """A connection not yet made. Raises Refused for an address that is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme == "https" and host:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=patience.silence_s, context=context)
    if parts.scheme == "http" and host:
        return http.client.HTTPConnection(host, port, timeout=patience.silence_s)
    raise Refused("no-server", "update.url: no address; write https://HOST/PATH")


def cut_off(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a connection whose thread waits for it, and say that we did."""
    late.set()
    held = connection.sock
    if held is not None:
        with contextlib.suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def named_faults(url: str) -> Iterator[None]:
    """Give what goes wrong on the network one of our names."""
    try:
        yield
    except TimeoutError:
        raise Refused("stalled", f"{host_of(url)}: silent for too long; {CURE}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = str(error) or type(error).__name__
        raise Refused("no-server", f"{host_of(url)}: {why[:80]}; {CURE}") from None


def pieces_of(answer: http.client.HTTPResponse, url: str, patience: Patience) -> Iterator[bytes]:
    """The body as it comes. Raises Refused('stalled') for one that comes too slowly."""
    since_s, bytes_in_window = time.monotonic(), 0
    while True:
        with named_faults(url):
            piece = answer.read1(CHUNK_BYTES)
        if not piece:
            return
        yield piece
        bytes_in_window += len(piece)
        now_s = time.monotonic()
        if now_s - since_s >= patience.window_s:
            if bytes_in_window < patience.least_bytes_s * (now_s - since_s):
                raise Refused("stalled", f"{host_of(url)}: too slow; {CURE}")
            since_s, bytes_in_window = now_s, 0
