"""How learning goes: vision's vitals in; passages done and wanted, and about how long it still takes, out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from appliance.display.field.known import told

LEAST_S = 60.0
"A shorter look at the street tells nothing of its pace."


class Pace:
    """Counts passages by the clock, from the first look on."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._last: tuple[float, int] | None = None

    def heed(self, learned: object, now_s: float) -> None:
        """Take over vision's count of people learned; one that went down is of a vision that was started again."""
        if not is_count(learned):
            return
        if self._last is None or learned < self._last[1]:
            self._first = (now_s, learned)
        self._last = (now_s, learned)

    def per_hour(self) -> float | None:
        """Passages an hour lately; None until that can be told."""
        if self._first is None or self._last is None:
            return None
        spent_s = self._last[0] - self._first[0]
        count = self._last[1] - self._first[1]
        return 3600 * count / spent_s if spent_s >= LEAST_S and count > 0 else None


def learning_of(vitals: Mapping[str, Any] | None, pace: Pace) -> dict[str, Any]:
    """What the page shows of learning; `state` is done, counting, waiting or unknown."""
    known = vitals or {}
    calibrated = known.get("calibrated")
    if not isinstance(calibrated, str):
        return {"state": "unknown"}
    if calibrated == "ok":
        return {"state": "done"}
    done, wanted = known.get("learned"), known.get("needed")
    if not is_count(done) or not is_count(wanted) or wanted == 0:
        return {"state": "waiting", "told": told(calibrated[:120])}
    hourly = pace.per_hour()
    left_min = math.ceil(60 * max(0, wanted - done) / hourly) if hourly else None
    return {
        "state": "counting",
        "done": done,
        "wanted": wanted,
        "per_hour": hourly,
        "left_min": left_min,
    }


def is_count(value: object) -> TypeGuard[int]:
    """Whether a figure of the vitals is a number of people."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
