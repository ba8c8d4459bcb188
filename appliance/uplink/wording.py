"""How messages are written: values go in, compact ASCII JSON comes out; free text, and what of it may stand there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MOST_TEXT = 120
"Characters of free text in one field, by the contract."


def payload_from_values(values: Mapping[str, Any]) -> bytes:
    """Compact ASCII JSON. Raises ValueError for what JSON has no word for, such as NaN."""
    return json.dumps(values, separators=(",", ":"), allow_nan=False).encode("ascii")


def one_line(text: str) -> str:
    """`text` as the contract takes it: printable ASCII, not too long."""
    return "".join(mark if " " <= mark <= "~" else "?" for mark in text)[:MOST_TEXT]
