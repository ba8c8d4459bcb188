"""Tried from inside a unit's sandbox: attempts named on the command line in, how each ended out, as JSON.

Runs on the machine's own Python, and is no part of the booth.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FAMILIES = ("AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_BLUETOOTH", "AF_ALG")


def tried(attempt: Callable[[str], Any], given: str) -> str:
    """Return 'ok' or the name of the error."""
    try:
        return str(attempt(given) or "ok")
    except OSError as error:
        return type(error).__name__ if error.errno is None else os.strerror(error.errno)


def open_socket(family: str) -> None:
    """A socket of a family."""
    number = getattr(socket, family)
    kind = socket.SOCK_SEQPACKET if family == "AF_ALG" else socket.SOCK_DGRAM
    kind = socket.SOCK_RAW if family in ("AF_NETLINK", "AF_PACKET", "AF_BLUETOOTH") else kind
    socket.socket(number, kind).close()


def send(address: str) -> None:
    """One datagram to HOST:PORT."""
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.sendto(b"?", (host, int(port)))


def connect(address: str) -> None:
    """A connection to HOST:PORT."""
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as opened:
        opened.settimeout(3)
        opened.connect((host, int(port)))


def read(path: str) -> str | None:
    """The first byte of a file, or the names of a folder."""
    if Path(path).is_dir():
        return "names: " + " ".join(sorted(entry.name for entry in Path(path).iterdir()))
    with Path(path).open("rb") as opened:
        opened.read(1)
    return None


def write(path: str) -> None:
    """A file made and removed."""
    with Path(path).open("xb"):
        Path(path).unlink()


def swap(folder: str) -> None:
    """A folder that another takes the place of, and back."""
    away = f"{folder}.away"
    Path(folder).rename(away)
    Path(away).rename(folder)


def knock(path: str) -> None:
    """A connection to a socket that is a file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as opened:
        opened.settimeout(3)
        opened.connect(path)


def open_device(path: str) -> None:
    """A node opened for reading and writing."""
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def make_node(path: str) -> None:
    """A node made by oneself."""
    os.mknod(path, 0o600 | 0o020000, os.makedev(10, 229))


def signal(pid: str) -> None:
    """Whether a process could be signalled."""
    os.kill(int(pid), 0)


def map_code(_: str) -> None:
    """Memory that can be written and run."""
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def call(number: str) -> None:
    """A bare call of the kernel: NUMBER, or NUMBER:ARGUMENT."""
    kernel = ctypes.CDLL(None, use_errno=True)
    name, _, first = number.partition(":")
    if kernel.syscall(int(name), int(first or 0), 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "")


def routes(_: str) -> str:
    """Names of networks with an address, and the number of routes."""
    devices = Path("/proc/self/net/dev").read_text().splitlines()
    names = [line.split(":")[0].strip() for line in devices if ":" in line]
    return f"{' '.join(names)}; {len(Path('/proc/self/net/route').read_text().splitlines()) - 1} routes"


def limit(name: str) -> str:
    """A limit of this process."""
    return str(resource.getrlimit(getattr(resource, name)))


def environment(name: str) -> str:
    """A variable."""
    return os.environ.get(name, "")


WAYS = {
    "socket": open_socket, "knock": knock, "send": send, "connect": connect, "read": read, "write": write, "swap": swap,
    "device": open_device, "node": make_node, "signal": signal, "code": map_code, "call": call, "routes": routes,
    "limit": limit, "environment": environment,
}  # fmt: skip

if __name__ == "__main__":
    attempts = [word.partition("=") for word in sys.argv[1:]]
    print(json.dumps({f"{way}={given}": tried(WAYS[way], given) for way, _, given in attempts}))
