"""The guard before every page: requests in; those that name this address go on, and answers leave with HEADERS."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
GUARDS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
WRONG_HOST = PlainTextResponse("this host name is not of this machine", status_code=421)


class Guard:
    """Lets in only requests that name this machine, lest a stranger's name points here; adds HEADERS."""

    def __init__(self, app: ASGIApp, knows: Callable[[str], bool]) -> None:
        """`knows`: whether a Host header is one of ours."""
        self._app = app
        self._knows = knows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of the ASGI protocol."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *GUARDS]
            await send(message)

        app = self._app if self._knows(host_of(scope)) else WRONG_HOST
        await app(scope, receive, send_guarded)


def host_of(scope: Scope) -> str:
    """The Host header; empty when it is missing or there are several."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return hosts[0] if len(hosts) == 1 else ""


def is_loopback(host: str) -> bool:
    """True for a Host header, with or without a port, that names this machine."""
    return name_in(host) in LOOPBACK_NAMES


def is_address(address: str) -> Callable[[str], bool]:
    """Whether a Host header, with or without a port, is exactly `address`; a link-local one goes without its %scope."""
    bare = ipaddress.ip_address(address.partition("%")[0])
    name = f"[{bare}]" if bare.version == 6 else str(bare)
    return lambda host: name_in(host) == name


def name_in(host: str) -> str:
    """The name of a Host header in small letters, without its port; empty where that is no port."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "80"
    return name.lower() if port.isascii() and port.isdecimal() else ""
