"""What the uplink says of the booth: vitals go in; status and health go out when due, figures for its own."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import TypeAlias

from appliance.health.clock import Clock, read_clock
from appliance.health.notices import told_all
from appliance.logbook import head_words
from appliance.uplink.desired import RemoteConfig
from appliance.uplink.drain import Drain
from appliance.uplink.keys import KeyWatch
from appliance.uplink.message import Message
from appliance.uplink.mqtt import Link
from appliance.uplink.status import (
    Sending,
    Values,
    booth_state,
    health_values,
    status_values,
)
from appliance.uplink.topics import EXPIRY_S, topic
from appliance.uplink.wording import payload_from_values

log = logging.getLogger(__name__)

LOOK_S = 1.0
"Between two looks at the vitals of vision."
LASTS = 3
"A retained status outlives so many of its periods: a booth that never comes back is not online for ever."
Vitals: TypeAlias = Callable[[float], "Values | None"]
"Monotonic seconds -> the vitals of a process, None while it has none."


class Report:
    """Remembers what was said last, to say it again only when it changed or is due."""

    def __init__(
        self, remote: RemoteConfig, drain: Drain, keys: KeyWatch, vitals: Vitals, board: Vitals, now_s: float
    ) -> None:
        """`vitals`: of vision; `board`: of display."""
        self.state = "starting"
        self.reason = ""
        self.reconnects = -1
        "Connections after the first; -1 before that."
        self._remote = remote
        self._drain = drain
        self._keys = keys
        self._vitals = vitals
        self._board = board
        self._began_s = now_s
        self._looked_s = now_s - LOOK_S
        self._status_s = now_s
        self._health_s = float("-inf")
        self._said: Values = {}

    def connected(self, now_s: float) -> None:
        """A connection stands: everything is to be said anew."""
        self.reconnects += 1
        self._looked_s = now_s - LOOK_S
        self._change("online", "")

    def lost(self, reason: str) -> None:
        """There is no connection."""
        self._change("offline", reason)

    def _change(self, state: str, reason: str) -> None:
        """Enter `state`; logs the edge."""
        if state != self.state:
            log.warning("uplink is %s", f"{state}: {reason}" if reason else state)
        self.state, self.reason = state, reason
        self._said = {}

    def offline(self, reason: str) -> Message:
        """The status of a booth that is gone: the will, and the good-bye."""
        return self._status_message(self._status("offline", reason, None), None)

    def ask(self) -> None:
        """Somebody wants the status: say it at the next send()."""
        self._said = {}

    def send(self, link: Link, now_s: float) -> None:
        """Whatever is due at `now_s`. Raises LinkLostError from the link."""
        if self._said and now_s < self._looked_s + LOOK_S:
            return
        self._looked_s = now_s
        vision = self._vitals(now_s)
        status = self._status(*booth_state(vision, now_s - self._began_s), vision)
        uplink = self._remote.settings.uplink
        every_s = uplink.status_every_s
        if now_s >= self._status_s + every_s or _lasting(status) != self._said:
            link.send(self._status_message(status, lasts_s(every_s)))
            self._said, self._status_s = _lasting(status), now_s
        if now_s >= self._health_s + uplink.health_every_s:
            self._health_s = now_s
            link.send(self._health_message(vision, now_s))

    def figures(self) -> Values:
        """The uplink's own vitals."""
        sending = self.sending(read_clock())
        counts = {"outbox_rows": sending.rows, "sent": sending.sent, "dropped": sending.dropped}
        known = {"state": self.state, "reason": self.reason, "broker": self._remote.settings.uplink.broker}
        return {**known, **counts, "refused": sending.refused, "certificate": sending.certificate}

    def sending(self, clock: Clock) -> Sending:
        """How the messages of the outbox fare."""
        drain, outbox = self._drain, self._drain.outbox
        return Sending(
            rows=outbox.rows(),
            sent=drain.sent,
            dropped=outbox.dropped(),
            refused=len(drain.refused),
            fault=outbox.fault,
            bytes=outbox.waiting_bytes(),
            oldest_s=outbox.oldest_age_s(clock),
            unheard=drain.unheard,
            reconnects=max(0, self.reconnects),
            certificate=self._keys.certificate(clock),
            certificate_days=self._keys.days_left(clock),
            config=self._remote.version,
            notices=told_all(self._remote.settings.folders.state),
            logbook=head_words(self._remote.settings.folders.state),
        )

    def _status(self, state: str, reason: str, vision: Values | None) -> Values:
        clock, booth = read_clock(), self._remote.settings.booth
        return status_values(booth, state, reason, vision, sending=self.sending(clock), clock=clock)

    def _status_message(self, values: Values, expiry_s: int | None) -> Message:
        payload = payload_from_values(values)
        return Message(self._topic("status"), payload, retain=True, expiry_s=expiry_s)

    def _health_message(self, vision: Values | None, now_s: float) -> Message:
        clock, booth, uptime_s = read_clock(), self._remote.settings.booth, now_s - self._began_s
        board = self._board(now_s)
        values = health_values(
            booth, vision, board, sending=self.sending(clock), uptime_s=uptime_s, clock=clock
        )
        payload = payload_from_values(values)
        return Message(self._topic("health"), payload, qos=0, expiry_s=EXPIRY_S["health"])

    def _topic(self, kind: str) -> str:
        booth = self._remote.settings.booth
        return topic(booth.city, booth.id, kind)


def lasts_s(every_s: float) -> int:
    """Seconds after which a retained status dies; never 0, which Mosquitto takes for never."""
    return math.ceil(LASTS * max(LOOK_S, every_s))


def _lasting(status: Values) -> Values:
    """`status` without the minute, which is no news."""
    return {key: value for key, value in status.items() if key != "at"}
