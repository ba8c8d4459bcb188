"""What the uplink says of the booth: vitals go in; status, health and its own vitals go out when due."""

from __future__ import annotations

import logging

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health import notify
from appliance.health.clock import read_clock
from appliance.health.vitals import read_vitals, remove_vitals, write_vitals
from appliance.uplink.drain import Drain
from appliance.uplink.mqtt import Link, Message
from appliance.uplink.status import (
    Sending,
    Values,
    booth_state,
    health_values,
    payload_from_values,
    status_values,
)
from appliance.uplink.topics import topic

log = logging.getLogger(__name__)

LOOK_S = 1.0
"Between two looks at the vitals of the other processes, and two of our own."


class Report:
    """Remembers what was said last, to say it again only when it changed or is due."""

    def __init__(self, settings: Settings, drain: Drain, now_s: float) -> None:
        self.settings = settings
        self.drain = drain
        self.state = "starting"
        self.reason = ""
        self._began_s = now_s
        self._looked_s = now_s - LOOK_S
        self._status_s = now_s
        self._health_s = now_s - settings.uplink.health_every_s
        self._said: Values = {}
        self._mute = False

    def change(self, state: str, reason: str, now_s: float) -> None:
        """Enter `state`; logs and writes the edge."""
        if state != self.state:
            log.warning("uplink is %s", f"{state}: {reason}" if reason else state)
        self.state, self.reason = state, reason
        self._said = {}
        self.write_vitals(now_s)

    def offline(self, reason: str) -> Message:
        """The status of a booth that is gone: the will, and the good-bye."""
        return self._status_message(self._status("offline", reason, None))

    def ask(self) -> None:
        """Somebody wants the status: say it at the next send()."""
        self._said = {}

    def send(self, link: Link, now_s: float) -> None:
        """Whatever is due at `now_s`. Raises LinkLostError from the link."""
        if self._said and now_s < self._looked_s + LOOK_S:
            return
        vision = read_vitals(self.settings.folders.runtime, "vision", now_s)
        status = self._status(*booth_state(vision, now_s - self._began_s), vision)
        due = now_s >= self._status_s + self.settings.uplink.status_every_s
        if due or _lasting(status) != self._said:
            link.send(self._status_message(status))
            self._said, self._status_s = _lasting(status), now_s
        if now_s >= self._health_s + self.settings.uplink.health_every_s:
            self._health_s = now_s
            link.send(self._health_message(vision, now_s))
        self.write_vitals(now_s)

    def write_vitals(self, now_s: float) -> None:
        """uplink.json, and the watchdog: called by a loop that goes round, by nothing else."""
        self._looked_s = now_s
        sending = self._sending()
        figures = {"outbox_rows": sending.rows, "sent": sending.sent, "dropped": sending.dropped}
        vitals = {"state": self.state, "reason": self.reason, "broker": self.settings.uplink.broker}
        try:
            folder = self.settings.folders.runtime
            write_vitals(folder, "uplink", {**vitals, **figures, "refused": sending.refused}, now_s)
            self._mute = False
        except BoothError as error:
            if not self._mute:
                log.error("%s", error)
            self._mute = True
        notify.alive()
        notify.status(f"{self.state}, {sending.rows} messages wait")

    def close(self) -> None:
        """Take our vitals back."""
        remove_vitals(self.settings.folders.runtime, "uplink")

    def _sending(self) -> Sending:
        outbox = self.drain.outbox
        rows, dropped = outbox.rows(), outbox.dropped()
        return Sending(rows, self.drain.sent, dropped, len(self.drain.refused), outbox.fault)

    def _status(self, state: str, reason: str, vision: Values | None) -> Values:
        clock = read_clock()
        return status_values(self.settings.booth, state, reason, vision, sending=self._sending(), clock=clock)

    def _status_message(self, values: Values) -> Message:
        return Message(self._topic("status"), payload_from_values(values), retain=True)

    def _health_message(self, vision: Values | None, now_s: float) -> Message:
        uptime_s = now_s - self._began_s
        values = health_values(
            self.settings.booth, vision, sending=self._sending(), uptime_s=uptime_s, clock=read_clock()
        )
        return Message(self._topic("health"), payload_from_values(values), qos=0)

    def _topic(self, kind: str) -> str:
        return topic(self.settings.booth.city, self.settings.booth.id, kind)


def _lasting(status: Values) -> Values:
    """`status` without the minute, which is no news."""
    return {key: value for key, value in status.items() if key != "at"}
