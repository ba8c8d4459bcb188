"""Who may see the board from the LAN: a secret made at the first start after a boot, and requests that carry it.

It lies in memory, in display's own file of the runtime folder, so a restart of the process leaves phones in and a
reboot puts them out. It travels in the fragment of the address that the QR code holds, which no browser sends to
anybody, and from there in a header.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import re
import secrets
from pathlib import Path

from starlette.requests import Request

from appliance.disk import read_small, write_durably
from appliance.display.field.request import Refused
from appliance.errors import BoothError

FILE = "display/board-token"
BYTES = 16
MODE = 0o600
"No other process of the booth reads it."
MOST_BYTES = 64
SCHEME = "Bearer "
log = logging.getLogger(__name__)


class Ticket:
    """Owner of the secret, 32 hexadecimal digits."""

    def __init__(self, runtime: Path) -> None:
        self._file = runtime / FILE
        self.text = self._kept() or self._made()

    def renew(self) -> None:
        """Another one: whoever was in is out."""
        self.text = self._made()

    def check(self, request: Request) -> None:
        """Raises Refused unless the request carries it; how long that takes tells nothing."""
        given = request.headers.get("authorization", "").removeprefix(SCHEME)
        if not hmac.compare_digest(self.text.encode(), given.encode("utf-8", "replace")):
            raise Refused(401, "outside")

    def _kept(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            text = read_small(self._file, MOST_BYTES, lambda user: user == os.geteuid()).decode("ascii")
            # What others may read, or have written, lets nobody in.
            if re.fullmatch(rf"[0-9a-f]{{{2 * BYTES}}}", text) and not self._file.stat().st_mode & 0o077:
                return text
        return ""

    def _made(self) -> str:
        text = secrets.token_hex(BYTES)
        try:
            write_durably(self._file, text.encode("ascii"), "free space or set folders.runtime", MODE)
        except BoothError as error:
            log.warning("a restart of the display will put phones out: %s", error)
        return text
