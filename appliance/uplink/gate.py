"""The last gate: what waits in the outbox goes in, and leaves only as exactly what this program may write.

Two processes write in the outbox's folder, and one of them sees frames: whatever it may have been talked into, no
picture, no vector and no number of a track leaves, for there is no place for it in what does. A row passes that is,
letter by letter, an exception/1 or a trend/1 as it is written here: no key and no digit more, none twice, no space.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import lru_cache

from appliance.uplink.event import is_event
from appliance.uplink.form import Form, form_from
from appliance.uplink.outbox import Row
from appliance.uplink.outlet import Outlet
from appliance.uplink.papers import read_schema
from appliance.uplink.wording import payload_from_values

MOST_TREND_BYTES = 32 * 1024
"By the contract."
log = logging.getLogger(__name__)


def may_leave(row: Row) -> bool:
    """Whether a row is a message of its kind, and nothing besides."""
    if row.kind == "exception":
        return is_event(row.payload)
    return row.kind == "trend" and is_trend(row.payload)


class Gate:
    """Lets rows pass, and drops the others from their outbox, which counts them; told once."""

    def __init__(self, may_pass: Callable[[Row], bool] = may_leave) -> None:
        self._may_pass = may_pass
        self._told = False

    def passed(self, rows: list[Row], outbox: Outlet) -> list[Row]:
        """Those of `rows` that may leave."""
        barred = [row for row in rows if not self._may_pass(row)]
        if not barred:
            return rows
        if not self._told:
            what = f"a row of kind {barred[0].kind[:16]!r}, {len(barred[0].payload)} bytes"
            log.error("outbox: %s, is no message that may leave; dropped, as all such will be", what)
        self._told = True
        outbox.discard([row.number for row in barred])
        numbers = {row.number for row in barred}
        return [row for row in rows if row.number not in numbers]


def is_trend(payload: bytes) -> bool:
    """Whether `payload` is a trend/1 as this program writes it."""
    if len(payload) > MOST_TREND_BYTES:
        return False
    form = trend_form()
    try:
        values = json.loads(payload)
        return form(values) and payload_from_values(values) == payload
    except (ValueError, RecursionError):
        return False


@lru_cache(maxsize=1)
def trend_form() -> Form:
    """By the contract's own schema. Raises ValueError for one that no form can be made of: a fault of the program."""
    return form_from(read_schema("trend"))
