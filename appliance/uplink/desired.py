"""Settings from afar: desired/1 and how the connection fares go in; what is in force, and reported/1, come out.

The life of a version: heard -> on trial, in force at once -> applied after TRIAL_S of uninterrupted connection, or
reverted when the connection or this process is lost before. Whoever sets booths from afar can so take back what cut
them off by doing nothing. A version that was in force once is not tried again: only a higher one is. A rejected one
changes nothing, not even what is remembered, so that it is judged anew whenever it comes.

An empty message means that the wish is withdrawn: the files' settings are in force at once, without a trial, and
versions begin anew. A booth that is away then may not hear of it; {"settings": {}} under a higher version reaches
everybody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.clock import Clock, read_clock
from appliance.logbook.notes import Notes
from appliance.remote import Wish, in_force, overlay
from appliance.remote_file import Kept, Version, is_version, read_kept, set_aside, write_kept
from appliance.site_file import Place
from appliance.uplink.answer import Answer, answer_from, answer_to
from appliance.uplink.wording import one_line

log = logging.getLogger(__name__)

MOST_BYTES = 16_384
TRIAL_S = 60.0
"Longer than a broker takes to give up on a booth that the new settings have silenced, at the usual keepalive."
SCHEMA = "desired/1"
KEYS = {"schema", "version", "settings"}


class RemoteConfig:
    """The one owner of what is set from afar. Memory never runs ahead of the disk. Times are monotonic seconds."""

    def __init__(self, settings: Settings, clock: Callable[[], Clock] = read_clock) -> None:
        """`settings`: the files'. A version that was on trial when this process ended is reverted.

        Never fails: what the disk holds and cannot be used any more is told once and set aside.
        """
        self._place = Place(settings)
        self._booth = settings.booth
        self._clock = clock
        self._state = settings.folders.state
        self._kept, self.settings = self._recalled()
        self._owed: Kept | None = None
        "What comes next but the disk has not taken yet."
        self._since_s: float | None = None
        "Since when the connection stands, with what is in force; None while there is none."
        self._answer = answer_from(self._kept)
        self._said: dict[str, Any] = {}
        self._notes = Notes(self._state, "uplink")
        if self._kept.previous is not None:
            self._revert("the uplink ended during the trial")

    @property
    def version(self) -> int:
        """Of the remote settings in force; 0: none."""
        return self._kept.force.version

    def hear(self, payload: bytes, now_s: float) -> None:
        """Take a message of config/desired, retained or not. Never raises: what is no good is reported."""
        if not payload:
            self._settle(Kept())
            return
        wanted = 0
        try:
            wanted, wish = desired_from_payload(payload)
            last = self._owed or self._kept
            if wanted <= last.tried:
                self._say(answer_to(wanted, last))
                return
            self._place.look()
            overlay(self._place.settings, wish)
            self._enter(Kept(Version(wanted, wish), tried=wanted, previous=last.previous or last.force))
        except BoothError as error:
            self._say(Answer(wanted, "rejected", one_line(str(error))))
            return
        self._since_s = None if self._since_s is None else now_s

    def connected(self, now_s: float) -> None:
        """The booth is on the broker from `now_s` on; the report is due anew."""
        self._since_s = now_s
        self._said = {}

    def lost(self, now_s: float) -> None:  # noqa: ARG002 - whatever the link tells comes with its time
        """The connection is gone, and a version on trial with it."""
        self._since_s = None
        if self._kept.previous is not None and self._owed is None:
            self._revert("the connection was lost during the trial")

    def tend(self, now_s: float) -> None:
        """To be called each turn: ends a trial that is over, and writes what the disk refused before."""
        if self._place.look():
            self._adapt()
        if self._owed is not None:
            self._settle(self._owed)
        elif self._kept.previous is not None and self._proved(now_s):
            self._settle(replace(self._kept, previous=None))
        self._notes.tend(now_s)

    def report(self) -> dict[str, Any] | None:
        """Values of reported/1 to be published now; None when this connection has them already."""
        answer = {"wanted": self._answer.wanted, "result": self._answer.result, "reason": self._answer.reason}
        lasting = {"version": self.version, **answer, "settings": self._kept.force.settings}
        if lasting == self._said:
            return None
        self._said = lasting
        booth, clock = self._booth, self._clock()
        stamp = {"at": clock.minute, "clock_synced": clock.synced}
        return {"schema": "reported/1", "city": booth.city, "booth": booth.id, **stamp, **lasting}

    def _recalled(self) -> tuple[Kept, Settings]:
        """What the disk holds and what comes of it; nothing where files or booth have changed so that it cannot be."""
        try:
            kept = read_kept(self._state)
            in_force(self._place.settings, (kept.previous or kept.force).settings)
            return kept, in_force(self._place.settings, kept.force.settings)
        except BoothError as error:
            log.error("what was set from afar is set aside: %s", one_line(str(error)))
            set_aside(self._state)
            return Kept(), self._place.settings

    def _adapt(self) -> None:
        """Somebody has drawn other zones at the booth: what is wished lies on top of them, or falls away."""
        try:
            self.settings = in_force(self._place.settings, self._kept.force.settings)
        except BoothError as error:
            why = one_line(f"what was drawn at the booth forbids it: {error}")
            self._settle(Kept(tried=self._kept.tried, reason=why))

    def _proved(self, now_s: float) -> bool:
        return self._since_s is not None and now_s >= self._since_s + TRIAL_S

    def _revert(self, reason: str) -> None:
        kept = self._kept
        self._settle(Kept(kept.previous or Version(), tried=kept.tried, reason=reason))

    def _settle(self, kept: Kept) -> None:
        """What has to come: on a disk that refuses it is owed, and tried again at each turn."""
        try:
            self._enter(kept)
        except BoothError as error:
            if self._owed is None:
                log.error("%s", error)
            self._owed = kept

    def _enter(self, kept: Kept) -> None:
        """Put `kept` in force, on disk first. Raises BoothError, and nothing has changed."""
        settings = in_force(self._place.settings, kept.force.settings)
        if kept != self._kept:
            write_kept(self._state, kept)
            self._note(kept)
        self._owed = None
        self._kept, self.settings = kept, settings
        self._say(answer_from(kept))

    def _note(self, kept: Kept) -> None:
        """For the logbook, once a version is proved or taken back."""
        if kept.previous is None:
            self._notes.note(
                "remote", f"reverted {kept.tried}" if kept.reason else f"applied {kept.force.version}"
            )

    def _say(self, answer: Answer) -> None:
        if answer != self._answer:
            why = f": {answer.reason}" if answer.reason else ""
            log.info("settings from afar, version %d: %s%s", answer.wanted, answer.result, why)
        self._answer = answer


def desired_from_payload(payload: bytes) -> tuple[int, Wish]:
    """Version and wish, which is not checked yet, of a message by desired/1. Raises BoothError, quoting nothing."""
    if len(payload) > MOST_BYTES:
        raise BoothError(f"longer than {MOST_BYTES} bytes; send fewer zones")
    try:
        values = json.loads(payload)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or values.keys() != KEYS or values["schema"] != SCHEMA:
        raise BoothError(f"no {SCHEMA}; send exactly schema, version and settings")
    if not is_version(values["version"]):
        raise BoothError("version: not a whole number from 1 on; send one above the last")
    return values["version"], values["settings"]
