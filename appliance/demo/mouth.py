"""Lines to whoever reads the demo's output, until nobody does: a line in, silence after the reader has gone."""

from __future__ import annotations

import os


def say(line: str) -> None:
    """Print `line`; when nobody listens any more, be silent from now on."""
    try:
        print(line, flush=True)
    except OSError:
        hush()


def hush() -> None:
    """Let further output go nowhere: the reader has gone, and even Python's last flush would fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
