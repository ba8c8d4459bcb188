"""How learning goes: vision's vitals in; passages done and wanted, and about how long it still takes, out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

COUNTED = re.compile(r"(\d{1,9})(?: of (\d{1,9}) passages| people so far)")
"As vision says how far it is: 'too early to tell: 43 of 66 passages', 'learning: 12 people so far'."
LEAST_S = 60.0
"A shorter look at the street tells nothing of its pace."


class Pace:
    """Counts passages by the clock, from the first look on."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._last: tuple[float, int] | None = None

    def heed(self, passages: object, now_s: float) -> None:
        """Take over vision's count; one that went down is of a vision that was started again."""
        if isinstance(passages, bool) or not isinstance(passages, int):
            return
        if self._last is None or passages < self._last[1]:
            self._first = (now_s, passages)
        self._last = (now_s, passages)

    def per_hour(self) -> float | None:
        """Passages an hour lately; None until that can be told."""
        if self._first is None or self._last is None:
            return None
        spent_s = self._last[0] - self._first[0]
        count = self._last[1] - self._first[1]
        return 3600 * count / spent_s if spent_s >= LEAST_S and count > 0 else None


def learning_of(vitals: Mapping[str, Any] | None, pace: Pace) -> dict[str, Any]:
    """What the page shows of learning; `state` is done, counting, waiting or unknown."""
    calibrated = (vitals or {}).get("calibrated")
    if not isinstance(calibrated, str):
        return {"state": "unknown", "text": ""}
    if calibrated == "ok":
        return {"state": "done", "text": ""}
    found = COUNTED.search(calibrated)
    if found is None:
        return {"state": "waiting", "text": calibrated[:120]}
    done, wanted, hourly = int(found[1]), int(found[2]) if found[2] else None, pace.per_hour()
    left_min = math.ceil(60 * max(0, wanted - done) / hourly) if hourly and wanted else None
    figures = {"done": done, "wanted": wanted, "per_hour": hourly, "left_min": left_min}
    return {"state": "counting", **figures, "text": ""}
