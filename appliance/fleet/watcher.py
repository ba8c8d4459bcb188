"""The listener of `booth watch`: a broker goes in, each message worth showing comes out, the fleet beside it."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from appliance.fleet.fleet import Fleet
from appliance.uplink.address import Broker
from appliance.uplink.command import Command, payload_from_command
from appliance.uplink.message import LinkLostError, Message, pause_s
from appliance.uplink.mqtt import Link
from appliance.uplink.topics import ROOT, Topic, topic

TURN_S = 0.25
"For so long nothing may come before the caller gets a word."
ASKS = 25
"Booths asked in one turn for their status, so that a whole fleet does not answer at once."
Heard: TypeAlias = "tuple[Topic, Message] | None"
"A message of a booth; None: nothing came for a while."


class Watcher:
    """Keeps a connection and a fleet. One thread."""

    def __init__(self, broker: Broker, city: str | None) -> None:
        self.broker = broker
        self.city = city
        self.fleet = Fleet()
        self.trouble = "connecting"
        "Why nothing is heard; '' while connected."
        self._unasked: deque[Topic] = deque()

    def hear(self, until_s: float, patient: bool) -> Iterator[Heard]:
        """Each message worth showing; None at least four times a second. `patient`: outlive the broker."""
        attempt = 0
        while time.monotonic() < until_s:
            try:
                for heard in self._listen(until_s, patient):
                    attempt = 0
                    yield heard
            except LinkLostError as error:
                if not patient:
                    raise
                self.trouble = str(error)
                self.fleet.pause()
                attempt += 1
                yield from self._wait(min(until_s, time.monotonic() + pause_s(attempt)))

    def _listen(self, until_s: float, patient: bool) -> Iterator[Heard]:
        link = Link(self.broker, f"booth-watch-{secrets.token_hex(4)}")
        with contextlib.closing(link):
            link.open()
            link.subscribe(f"{ROOT}/{self.city or '+'}/+/#")
            self.trouble = ""
            while time.monotonic() < until_s:
                link.turn(TURN_S)
                self.trouble = link.deaf
                if link.deaf and not patient:
                    raise LinkLostError(link.deaf)
                for message in link.take_messages():
                    known = len(self.fleet.booths)
                    where = self.fleet.hear(message, time.monotonic())
                    if len(self.fleet.booths) > known and where:
                        self._unasked.append(where)
                    if where:
                        yield where, message
                self._ask(link)
                yield None

    def _ask(self, link: Link) -> None:
        """Have booths that were just met say how they are: a retained status may be old or kept elsewhere."""
        for _ in range(min(ASKS, len(self._unasked))):
            where = self._unasked.popleft()
            if self.fleet.booths[where[:2]].words.get("state") != "offline":
                command = Command(f"watch-{secrets.token_hex(4)}", "request-status")
                link.send(Message(topic(where.city, where.booth, "command"), payload_from_command(command)))

    def _wait(self, until_s: float) -> Iterator[None]:
        yield None
        while (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, TURN_S))
            yield None
