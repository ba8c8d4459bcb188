"""What the booth's own screen may show: an address in; whether it is the booth's own page, and which one it is, out."""

from __future__ import annotations

import re

from appliance.errors import BoothError

BOARD = "http://127.0.0.1:8480/"
"Where the board is as booth.yaml comes; `booth units` tells the unit of another port."
ADDRESS = re.compile(r"http://(127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})/?", re.ASCII)
"This machine by number: a name would have to be looked up."


def home_of(text: str) -> str:
    """The board's address as a browser writes it, with a slash at its end. Raises BoothError for another machine's."""
    found = ADDRESS.fullmatch(text)
    if found is None or int(found[2]) > 65535:
        raise BoothError(f"{text}: the screen shows this booth's board only; write it as {BOARD}")
    return f"http://{found[1]}/" if found[2] == "80" else f"http://{found[1]}:{found[2]}/"


def board_at(host: str, port: int) -> str:
    """The board's address by the settings; as it comes where any free port is wanted, which is for desks."""
    return home_of(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}") if port else BOARD


def is_ours(address: str, home: str) -> bool:
    """Whether `address`, as a browser writes it, is a page at `home`: no host, port or user can follow its slash."""
    return address.startswith(home)
