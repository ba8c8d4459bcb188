"""Patience: a fact to come goes in; it is true when this returns, or there is an error that says what is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 120.0
"Until all has arrived; a refused booth may wait half a minute before it tries again."


def wait_for(fact: Callable[[], Any], what: str | Callable[[], str], seconds: float = PATIENCE_S) -> None:
    """Until `fact` is true. Raises AssertionError with what it waited for."""
    until_s = time.monotonic() + seconds
    while not fact():
        said = what if isinstance(what, str) else what()
        assert time.monotonic() < until_s, f"not within {seconds:.0f} s: {said}"
        time.sleep(0.1)
