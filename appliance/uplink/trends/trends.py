"""What the street wears, day by day: settled passages' outfits and the clock in; a release a day, and a state, out.

The counting is done in the loop of the frames; noise, disk and outbox are the work of a thread, which the loop never
waits for. Whatever goes wrong in here is a state, and the booth looks on.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.outfit import Outfit
from appliance.uplink.outbox import OUTBOX
from appliance.uplink.outbox_bounds import bounds_from_settings
from appliance.uplink.trends.audit import CURE
from appliance.uplink.trends.daybook import DayBook
from appliance.uplink.trends.days import zone_name, zone_of
from appliance.uplink.trends.keeping import kept_days
from appliance.uplink.trends.ledger import LedgerError
from appliance.uplink.trends.press import Desk, Press
from appliance.uplink.trends.shelf import FOLDER
from appliance.uplink.trends.tally import Tally

log = logging.getLogger(__name__)

LOOK_S = 1.0
RETRY_S = 600.0
PATIENCE_S = 3.0
"For a release that is under way when the booth stops; one that is cut off then is mended at the next start."
NO_CLOCK = "waits: the clock is not set"
UNCONFIRMED = "waits: a network has to confirm the clock before a day is released"
OFF = "off"
OWN = "vision"
"In folders.runtime; for vision alone, as folders.vision is on the disk."
Heads = Callable[[], list[str]]


class Trends:
    """Owner of the day book and of the thread that releases. Times are monotonic seconds."""

    def __init__(self, settings: Settings, engine: str, noted: Heads, now_s: float) -> None:
        """`noted`: heads of the ledger that others have kept, such as the logbook."""
        memory = memory_of(settings)
        with contextlib.suppress(OSError):
            memory.mkdir(mode=0o700, exist_ok=True)
        self._book = DayBook(memory, zone_of(settings.place.time_zone), settings.trends.ends_at_h, now_s)
        self._press = Press(desk_of(settings, engine))
        self._noted = noted
        self._work: Work | None = None
        self._looked_s, self._due_s = float("-inf"), now_s
        self._said = ""
        self._fault = ""
        self._opened: date | None = None
        self._head = ""
        self._synced = True

    @property
    def head(self) -> str:
        """Of the ledger, N:HASH12; '' before it was read."""
        return self._head

    @property
    def state(self) -> str:
        """One line for the status."""
        if self._fault:
            return self._fault
        if self._book.today is not None and self._book.over() is not None and not self._synced:
            return UNCONFIRMED
        counting = NO_CLOCK if self._book.today is None else "counting"
        return f"{counting}; {self._said}" if self._said else counting

    def see(self, outfits: Iterable[Outfit]) -> None:
        """Count passages, each once."""
        self._book.add(outfits)

    def tend(self, now_s: float, read: Callable[[], Clock]) -> None:
        """What is due; to be called all the time, does something once a second. Never raises."""
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        clock = read()
        self._synced = clock.synced
        self._book.turn(clock, now_s)
        self._take(now_s)
        today = self._book.today
        if self._work is None and today is not None and clock.synced and now_s >= self._due_s:
            tally = self._book.over()
            if tally is not None or today != self._opened:
                self._work = Work(self._press, tally, clock, today, self._noted)

    def _take(self, now_s: float) -> None:
        """What the thread has done, if it is done."""
        work = self._work
        if work is None or work.thread.is_alive():
            return
        self._work = None
        if work.fault:
            self._tell(f"no release: {work.fault}")
            self._due_s = now_s + RETRY_S
            return
        self._fault, self._opened, self._head = "", work.today, work.head
        if work.tally is not None:
            self._book.done(work.tally, now_s)
            self._said = work.said
            log.info("trends: %s", work.said)

    def _tell(self, words: str) -> None:
        """Log the edge."""
        if words != self._fault:
            log.error("trends: %s", words)
        self._fault = words

    def close(self, now_s: float) -> None:
        """Keep the counts of today for the next process."""
        if self._work is not None:
            self._work.thread.join(PATIENCE_S)
            self._take(now_s)
        self._book.save(now_s)


class Work:
    """One try of the press, in a thread of its own, which dies with the process."""

    def __init__(self, press: Press, tally: Tally | None, clock: Clock, today: date, heads: Heads) -> None:
        self.tally, self.today = tally, today
        self.said = ""
        self.fault = ""
        self.head = ""
        self._try = (press, clock, heads)
        self.thread = threading.Thread(target=self._run, name="trends", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        press, clock, heads = self._try
        try:
            if self.tally is None:
                press.open(clock, self.today, heads())
            else:
                self.said = press.release(self.tally, clock, self.today, heads())
            self.head = press.head
        except LedgerError as error:
            self.fault = f"{error}; {CURE}"
        except BoothError as error:
            self.fault = str(error)
        except OSError as error:
            self.fault = f"{error.filename or 'the disk'}: {error.strerror or error}"
        except Exception as error:  # a library's fault must not end the thread without a word
            log.exception("trends")
            self.fault = f"{type(error).__name__}: {error}"


def memory_of(settings: Settings) -> Path:
    """Vision's own folder within the runtime folder: who may exchange counts and head has a day drawn twice."""
    return settings.folders.runtime / OWN


def desk_of(settings: Settings, engine: str) -> Desk:
    """What the press works with, by the settings."""
    state: Path = settings.folders.state
    return Desk(
        folder=settings.folders.learned / FOLDER,
        runtime=memory_of(settings),
        outbox=state / OUTBOX,
        bounds=bounds_from_settings(settings.uplink),
        city=settings.booth.city,
        booth=settings.booth.id,
        time_zone=zone_name(settings.place.time_zone),
        engine=engine,
        epsilon=settings.trends.epsilon,
        keep_days=kept_days(settings),
    )
