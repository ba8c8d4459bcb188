"""Two networks of the kernel and a cable between them: nothing goes in; a place to start children in comes out.

A namespace lives as long as a file descriptor of this process or a process in it, so that nothing stays
behind however the tests end. namespaces(7), setns(2), veth(4).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

CLONE_NEWNET = 0x40000000
"linux/sched.h"
BOOTH, CITY = "10.77.0.2", "10.77.0.1"
"Addresses of the two ends; nobody outside sees them."


def why_no_namespaces() -> str:
    """Reason to skip; '' where they can be made."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "ip is not installed (iproute2)"
    try:
        os.close(_fresh())
    except OSError as error:
        return f"no network namespaces here ({error.strerror})"
    return ""


class Cable:
    """The booth's end and the city's end of one veth pair, each in a namespace of its own."""

    def __init__(self) -> None:
        self._booth, self._city = _fresh(), _fresh()
        with self.booth():
            city = f"/proc/{os.getpid()}/fd/{self._city}"
            _ip("link", "add", "booth", "type", "veth", "peer", "name", "city", "netns", city)
            _ip("link", "set", "lo", "up")
            _ip("link", "set", "booth", "up")
            self.give_address()
        with self.city():
            _ip("link", "set", "lo", "up")
            _ip("addr", "add", f"{CITY}/30", "dev", "city")
            self.mend()

    def booth(self) -> contextlib.AbstractContextManager[None]:
        """What this thread starts inside is on the booth's end."""
        return _inside(self._booth)

    def city(self) -> contextlib.AbstractContextManager[None]:
        """What this thread starts inside is on the city's end."""
        return _inside(self._city)

    def cut(self) -> None:
        """Nothing comes through, and nobody is told."""
        with self.city():
            _ip("link", "set", "city", "down")

    def mend(self) -> None:
        """Undo cut()."""
        with self.city():
            _ip("link", "set", "city", "up")

    def take_address(self) -> None:
        """The booth has no address any more: whatever it tries is refused at once."""
        with self.booth():
            _ip("addr", "flush", "dev", "booth")

    def give_address(self) -> None:
        """Undo take_address()."""
        with self.booth():
            _ip("addr", "replace", f"{BOOTH}/30", "dev", "booth")

    def close(self) -> None:
        """Let go of both; they end with the last process inside."""
        os.close(self._booth)
        os.close(self._city)


def _fresh() -> int:
    """Descriptor of a new namespace; this thread stays where it was."""
    home = _here()
    try:
        _call("unshare", CLONE_NEWNET)
        made = _here()
        _call("setns", home, CLONE_NEWNET)
        return made
    finally:
        os.close(home)


@contextlib.contextmanager
def _inside(namespace: int) -> Iterator[None]:
    home = _here()
    try:
        _call("setns", namespace, CLONE_NEWNET)
        yield
    finally:
        _call("setns", home, CLONE_NEWNET)
        os.close(home)


def _here() -> int:
    return os.open(Path("/proc/thread-self/ns/net"), os.O_RDONLY | os.O_CLOEXEC)


def _call(name: str, *words: int) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
