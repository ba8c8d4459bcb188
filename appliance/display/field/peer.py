"""Who asks on loopback: a request in; refused when it comes from another process of the booth, which shall not get in.

The uplink talks to the world: were it ever taken over, it could ask this machine for a code and draw zones with it. The
kernel says whose each end of a loopback connection is (proc(5), /proc/net/tcp).
"""

from __future__ import annotations

import ipaddress
import os
import pwd
import struct
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request

from appliance.display.field.request import Refused

OURS = ("booth-uplink", "booth-vision")
TABLES = ("tcp", "tcp6")
NOBODY = 65534
"What the kernel writes for a user whom this process may not know (user_namespaces(7))."
MOST_BYTES = 4_000_000


def check_peer(request: Request, net: Path = Path("/proc/self/net")) -> None:
    """Raises Refused when a user of OURS is at the other end of this connection."""
    client = request.client
    banned = {user for user in map(uid_of, OURS) if user is not None and user != os.geteuid()}
    if client is None or not banned:
        return
    owners = owners_of(client.host, client.port, net)
    # Behind PrivateUsers= of systemd everybody but root and ourselves is nobody, which tells nothing: root alone then.
    if not owners or owners & (banned | {NOBODY}):
        raise Refused(403, "no-code")


def uid_of(name: str) -> int | None:
    """The user's number; None where there is no such user, as on a desk."""
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def owners_of(host: str, port: int, net: Path) -> frozenset[int]:
    """Users of all sockets that are bound to this address of this machine; none where the kernel does not tell.

    All, since there may be more: one that was closed a moment ago is still there as root's, whoever had it.
    """
    wanted = end_of(host, port)
    return frozenset(owner for table in TABLES for end, owner in ends(net / table) if end == wanted)


def end_of(host: str, port: int) -> tuple[bytes, int]:
    """An address as the kernel keeps it, IPv4 in its mapped form."""
    address = ipaddress.ip_address(host)
    packed = address.packed if address.version == 6 else b"\0" * 10 + b"\xff\xff" + address.packed
    return packed, port


def ends(table: Path) -> Iterable[tuple[tuple[bytes, int], int]]:
    """The near ends of all connections in `table` with their users; none where it cannot be read."""
    try:
        with table.open("rb") as opened:
            lines = opened.read(MOST_BYTES).decode("ascii", "replace").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        words = line.split()
        host, _, port = words[1].partition(":")
        # Words of 32 bits in this machine's own byte order.
        packed = b"".join(struct.pack("=I", int(host[at : at + 8], 16)) for at in range(0, len(host), 8))
        mapped = packed if len(packed) == 16 else b"\0" * 10 + b"\xff\xff" + packed
        yield (mapped, int(port, 16)), int(words[7])
