"""How long releases stay: settings and the clock in; what is older than the sign promises away, trends on or off.

By the day that it is and not by the newest release: a booth that has ended its trends, or whose ledger was touched,
releases nothing more and still keeps its word. Only a clock that has been believed for an hour empties a shelf.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.uplink.trends.days import SETTLE_S, Trust, local_day, zone_of
from appliance.uplink.trends.history import LEAST_DAYS, forget_days
from appliance.uplink.trends.ledger import require_own
from appliance.uplink.trends.shelf import FOLDER, MOST_DAYS, alone, asides_of, clear

log = logging.getLogger(__name__)

LOOK_S = 60.0


class Keeping:
    """Owner of the time at which it is next due. Times are monotonic seconds."""

    def __init__(self, settings: Settings, now_s: float) -> None:
        self._folder = settings.folders.learned / FOLDER
        self._days = kept_days(settings)
        self._zone, self._ends_at_h = zone_of(settings.place.time_zone), settings.trends.ends_at_h
        self._trust = Trust()
        self._looked_s, self._due_s = float("-inf"), now_s + SETTLE_S
        self._fault = ""

    def tend(self, now_s: float, read: Callable[[], Clock]) -> None:
        """What is due; to be called all the time, looks at the clock once a minute. Never raises."""
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s, clock = now_s, read()
        if not self._trust.believes(clock, now_s):
            self._due_s = now_s + SETTLE_S
        elif now_s >= self._due_s:
            self._due_s = now_s + SETTLE_S
            # The loop of the frames waits for no disk.
            threading.Thread(target=self._work, args=(clock,), name="trends-keeping", daemon=True).start()

    def _work(self, clock: Clock) -> None:
        fault = ""
        try:
            let_go(self._folder, local_day(clock.unix_s, self._zone, self._ends_at_h), self._days)
        except (BoothError, ValueError, OverflowError) as error:
            fault = str(error)
        except OSError as error:
            fault = f"{error.filename or self._folder}: {error.strerror or error}"
        if fault and fault != self._fault:
            log.warning("trends: old releases stay: %s", fault)
        self._fault = fault


def let_go(folder: Path, today: date, keep_days: int) -> None:
    """Remove what is older than `keep_days`, also of ledgers that were set aside. Raises BoothError, OSError."""
    if folder.exists():
        require_own(folder)
        with alone(folder):
            clear(folder, today, keep_days)
            forget_days(folder, today, keep_days)
    for aside in asides_of(folder):
        clear(aside, today, keep_days)


def kept_days(settings: Settings) -> int:
    """For how long releases stay on the booth."""
    return min(MOST_DAYS, settings.retention.reports_days or MOST_DAYS)


def warn_of_few_days(settings: Settings) -> None:
    """Say once that a short promise leaves nothing to compare a day with."""
    days = kept_days(settings)
    if days < LEAST_DAYS:
        what = f"novelty, risers and fallers need {LEAST_DAYS} days and are never told"
        log.warning("retention.reports_days: %d: %s; keep reports for longer to have them", days, what)
