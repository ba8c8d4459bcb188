"""The dead man's switch: acts of people and the time in; closed once nobody has armed the booth for too long, out.

Hours are counted by the monotonic clock, kept on disk each minute, and go on after a restart; a wall clock that is
believed adds the time for which the machine was off. Starting the booth anew arms nothing, but for its first start.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass

from appliance.config import Settings
from appliance.disk import read_small, write_durably
from appliance.errors import BoothError
from appliance.health.armed import acts_in
from appliance.health.moment import Moment, between_s, moment_at
from appliance.verbs.scribe import Hand, do_here

log = logging.getLogger(__name__)

FILE = "dead-man.json"
"In folders.vision, where nobody else writes."
SCHEMA = "dead-man/1"
MOST_BYTES = 4096
LOOK_S = 1.0
KEEP_S = 60.0
"So much is lost to the count by a power cut."
HOUR_S = 3600.0
OPENING = "dead-man"
"How the reason opens."
FOREVER_S = 1e10


@dataclass(frozen=True)
class Count:
    """What is known since the booth was last armed."""

    since: Moment
    "When that was."
    seen: tuple[str, ...]
    "Acts that are taken into account."
    on_s: float
    "For so long the booth has run since then."


class DeadMan:
    """Owner of the count."""

    def __init__(
        self,
        settings: Settings,
        now_s: float,
        moment: Callable[[float], Moment] = moment_at,
        hand: Hand = do_here,
    ) -> None:
        """`now_s`: the monotonic clock; `moment` adds the boot and the wall clock to it; `hand` has a write done."""
        self._hand = hand
        now, self._moment = moment(now_s), moment
        self._state = settings.folders.state
        self._file = settings.folders.learned / FILE
        hours = settings.capture.rearm_h
        self._limit_s = None if hours is None else hours * HOUR_S
        self._looked = self._kept = now
        self._count = Count(now, (), 0.0) if self._limit_s is None else self._recalled(now)
        self._spent_s = self._count.on_s
        self._mute = False
        self._take(now)

    @property
    def left_s(self) -> float | None:
        """Seconds until it closes; None where it never does."""
        return None if self._limit_s is None else max(0.0, self._limit_s - self._spent_s)

    def why(self) -> str:
        """Why the camera is closed; '' while somebody has armed the booth not too long ago."""
        if self._limit_s is None or self._spent_s < self._limit_s:
            return ""
        hours = f"{self._limit_s / HOUR_S:g} h"
        cure = "send resume, press Arm on the booth's own screen, or enter the field page's code"
        return f"{OPENING}: nobody armed the booth for {hours}; {cure}"

    def look(self, now_s: float) -> None:
        """Take into account what was done and how time went by, once a second."""
        if self._limit_s is not None and now_s - self._looked.at_s >= LOOK_S:
            self._take(self._moment(now_s))

    def _take(self, now: Moment) -> None:
        if self._limit_s is None:
            return
        count = self._count
        on_s, self._looked = count.on_s + between_s(self._looked, now), now
        self._count = Count(count.since, count.seen, on_s)
        acts = acts_in(self._state)
        fresh = [act for act in acts if act.id not in count.seen]
        if fresh:
            newest = min((act.at for act in fresh), key=lambda at: between_s(at, now))
            self._count = Count(newest, tuple(act.id for act in acts), between_s(newest, now))
            log.info("armed anew for %g h", self._limit_s / HOUR_S)
        self._spent_s = max(self._count.on_s, between_s(self._count.since, now))
        if fresh or self._kept == now or between_s(self._kept, now) >= KEEP_S:
            self._keep(now)

    def _recalled(self, now: Moment) -> Count:
        """What the disk holds, with the time since this boot; of a booth that was never armed: now.

        A file that cannot be read counts as too long: somebody has to arm the booth.
        """
        try:
            values = json.loads(read_small(self._file, MOST_BYTES))
            return counted(values, now)
        except FileNotFoundError:
            return Count(now, tuple(act.id for act in acts_in(self._state)), 0.0)
        except (OSError, ValueError, RecursionError) as error:
            log.warning("%s: %s; the booth has to be armed", self._file, error)
            return Count(now, tuple(act.id for act in acts_in(self._state)), FOREVER_S)

    def _keep(self, now: Moment) -> None:
        """Have the count written."""
        self._kept = now
        values = {"schema": SCHEMA, "kept": asdict(now), **asdict(self._count)}
        content = json.dumps(values, separators=(",", ":")).encode("ascii")
        self._hand(lambda: self._write(content))

    def _write(self, content: bytes) -> None:
        """On the disk; one that refuses is told once, and tried again with the next count."""
        try:
            write_durably(self._file, content, "free space or set folders.vision to a writable folder")
            self._mute = False
        except BoothError as error:
            if not self._mute:
                log.error("%s", error)
            self._mute = True


def counted(values: object, now: Moment) -> Count:
    """The record of a file's JSON, gone on with until now. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    try:
        since, kept = Moment(**values["since"]), Moment(**values["kept"])
        seen, on_s = values["seen"], values["on_s"]
    except (KeyError, TypeError):
        raise ValueError(f"no {SCHEMA}") from None
    if not (isinstance(seen, list) and type(on_s) in (int, float) and 0 <= on_s <= FOREVER_S * 2):
        raise ValueError(f"no {SCHEMA}")
    # Between two boots only what the machine has been on for is sure; what it was off for counts by `since`.
    gone_s = between_s(kept, now) if kept.boot == now.boot else max(0.0, now.at_s)
    return Count(since, tuple(str(act) for act in seen), on_s + gone_s)
