"""The uplink process: outbox and vitals go in, one booth on the broker comes out, until somebody stops it.

One thread does everything here. Order of a life: connect, say how the booth is, serve until the connection is
lost, wait a random while, again.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from appliance.config import Settings
from appliance.health import notify
from appliance.uplink.address import Broker
from appliance.uplink.command import command_from_payload, reply_payload
from appliance.uplink.drain import Drain
from appliance.uplink.mqtt import Link, LinkLostError, Message, pause_s
from appliance.uplink.outbox import Outbox
from appliance.uplink.outbox_bounds import bounds_from_settings
from appliance.uplink.report import LOOK_S, Report
from appliance.uplink.topics import topic

TURN_S = 0.25
"At the most from a row in the outbox to its message."
SETTLED_S = 30.0
"A connection that stood for so long was a good one: the next pause is a short one again."
GOODBYE_S = 2.0
"For the last status to be acknowledged."
OUTBOX = "outbox.sqlite"
"In folders.state; vision writes to the same file."


def run_uplink(settings: Settings, stop: threading.Event) -> None:
    """Serve the booth until `stop` is set, then say good-bye and return.

    Raises BoothError for settings that no retry mends: folders that cannot be written, TLS files that are no
    good. A missing broker is waited for.
    """
    uplink = UplinkProcess(settings, stop)
    try:
        uplink.run()
    finally:
        uplink.close()


class UplinkProcess:
    """What `booth run uplink` is."""

    def __init__(
        self, settings: Settings, stop: threading.Event, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        up = settings.uplink
        self.booth = settings.booth
        self.stop = stop
        self.now_s = now_s
        self.broker = Broker(up.broker, up.ca_file, up.cert_file, up.key_file, up.keepalive_s)
        self.outbox = Outbox(settings.folders.state / OUTBOX, bounds_from_settings(up))
        self.drain = Drain(self.outbox, self._topic)
        self.report = Report(settings, self.drain, now_s())

    def run(self) -> None:
        """Until stopped: connect, serve, wait."""
        self.report.write_vitals(self.now_s())
        notify.ready()
        attempt = 0
        while not self.stop.is_set():
            opened_s = self.now_s()
            try:
                self._serve()
            except LinkLostError as error:
                attempt = 1 if self.now_s() - opened_s > SETTLED_S else attempt + 1
                self.report.change("offline", str(error), self.now_s())
                self._wait(pause_s(attempt))

    def close(self) -> None:
        """Let go of the outbox and take the vitals back."""
        notify.stopping()
        self.outbox.close()
        self.report.close()

    def _serve(self) -> None:
        """One connection from birth to good-bye. Raises LinkLostError."""
        client_id = f"booth-{self.booth.city}-{self.booth.id}"
        with contextlib.closing(Link(self.broker, client_id, self.report.offline("connection lost"))) as link:
            link.open(self.stop.is_set)
            if self.stop.is_set():
                return
            link.subscribe(self._topic("command"))
            self.drain.reconnected()
            self.report.change("online", "", self.now_s())
            while not self.stop.is_set():
                self._turn(link)
            self._part(link)

    def _turn(self, link: Link) -> None:
        self.report.send(link, self.now_s())
        link.turn(TURN_S)
        self._obey(link)
        self.drain.step(link, link.take_acks(), self.now_s())

    def _obey(self, link: Link) -> None:
        """Answer commands; one that the broker retained was meant for another day."""
        for message in link.take_messages():
            if not message.retain:
                command = command_from_payload(message.payload)
                if command.name == "request-status":
                    self.report.ask()
                link.send(Message(self._topic("command/reply"), reply_payload(command)))

    def _part(self, link: Link) -> None:
        """Say that the booth goes on purpose; a broker that does not answer is left to send the will."""
        mid = link.send(self.report.offline("stopped"))
        until_s = self.now_s() + GOODBYE_S
        acks = link.take_acks()
        while self.now_s() < until_s and mid not in (ack.mid for ack in acks):
            link.turn(0.1)
            acks += link.take_acks()
        self.drain.settle(acks, self.now_s())
        if mid in (ack.mid for ack in acks):
            link.leave()

    def _wait(self, pause_s: float) -> None:
        """Until the pause is over or somebody stops us."""
        until_s = self.now_s() + pause_s
        while (left_s := until_s - self.now_s()) > 0 and not self.stop.wait(min(left_s, LOOK_S)):
            self.report.write_vitals(self.now_s())

    def _topic(self, kind: str) -> str:
        return topic(self.booth.city, self.booth.id, kind)
