"""Where the pages answer: settings in; bound sockets, one of this machine and perhaps one of the booth's LAN, out."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.config import Display
from appliance.errors import BoothError

FREEBIND = {
    socket.AF_INET: (socket.IPPROTO_IP, 15),
    socket.AF_INET6: (socket.IPPROTO_IPV6, 78),
}
"linux/in.h, in6.h: an address may be bound before its interface has it, so a cable may be plugged in later."


@dataclass(frozen=True)
class Listeners:
    """Bound sockets, not yet listening."""

    loopback: socket.socket
    lan: socket.socket | None
    "On the same port; None where no LAN is set."


@contextlib.contextmanager
def listening(display: Display) -> Iterator[Listeners]:
    """The sockets that `display` wants. Raises BoothError with the cure when an address or port cannot be had."""
    with contextlib.ExitStack() as stack:
        loopback = stack.enter_context(bound(display.host, display.port))
        if display.lan is None:
            yield Listeners(loopback, None)
            return
        port: int = loopback.getsockname()[1]
        yield Listeners(loopback, stack.enter_context(bound(display.lan, port)))


def bound(address: str, port: int) -> socket.socket:
    """A socket of exactly this address. Raises BoothError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(*FREEBIND[family], 1)
        # Resolves the interface of fe80::1%eth0, too; no name is asked for.
        found = socket.getaddrinfo(address, port, family, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        listener.bind(found[0][4])
    except OSError as error:
        listener.close()
        cure = "free the port or set display.port to another one, 0 for any free one"
        if isinstance(error, socket.gaierror):
            cure = "name an interface of this machine in display.lan"
        raise BoothError(f"display.port {port}: {address}: {error.strerror}; {cure}") from None
    return listener


def is_here(address: str) -> bool:
    """Whether an interface of this machine has `address` now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            found = socket.getaddrinfo(address, 0, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)
            probe.bind(found[0][4])
        except OSError:
            return False
    return True


def lan_fault(lan: str | None) -> str:
    """Why no phone gets to display.lan, with the cure; '' where one does, or where none is to."""
    if lan is None or is_here(lan):
        return ""
    length = 64 if ":" in lan else 24
    return (
        f"no interface has display.lan {lan}: plug in the cable; else give it by sudo nmcli connection modify booth"
        f" +ipv{6 if ':' in lan else 4}.addresses {lan}/{length}, then nmcli connection up booth"
    )


def url_of(listener: socket.socket) -> str:
    """Where a browser finds what answers there; a link-local address without its interface, as browsers want it."""
    host, port = listener.getsockname()[:2]
    host = host.partition("%")[0]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
