"""Wishes from afar: messages that nobody vouches for and vision's vitals in; what was commanded, and replies, out.

A reply says what is so, not what was tried: `pause` and `resume` are done once vision's vitals show it.
"""

from __future__ import annotations

import json
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.health.armed import UPLINK, arm
from appliance.health.clock import Clock, read_clock
from appliance.health.moment import moment_at
from appliance.health.pause import OPERATOR, pause, resume
from appliance.uplink.wording import one_line, payload_from_values

log = logging.getLogger(__name__)

MOST_BYTES = 512
ID = re.compile(r"[A-Za-z0-9-]{1,64}")
COMMANDS = ("request-status", "identify", "pause", "resume")
IDENTIFY_S = 30.0
"For so long the staff board says which booth this is."
PATIENCE_S = 3.0
"Vision notices a pause within a tenth of a second; one that says nothing for so long does not run."
REMEMBERED_S = 600.0
"A broker delivers a command again after a lost connection (QoS 1); later the same id is another command."
MOST_REMEMBERED = 256


@dataclass(frozen=True)
class Command:
    """One wish by schema command/1."""

    id: str
    "Chosen by the asker; comes back in the reply."
    name: str
    "One of COMMANDS; '' where the message is no command."


@dataclass(frozen=True)
class Outcome:
    """What became of a command."""

    result: str
    "done, accepted, refused or not understood."
    reason: str = ""
    "For people; '' when done."


NOT_UNDERSTOOD = Outcome("not understood", "no command/1")
REUSED = Outcome("refused", "this id was of another command; choose a new one")
LATER = Outcome("accepted", "as soon as vision runs")


@dataclass
class Order:
    """A command that was heard."""

    command: Command
    heard_s: float
    outcome: Outcome | None = None
    "None while vision has not shown it."


class Commands:
    """Owner of what was commanded lately. Times are the machine's monotonic clock, as in the vitals."""

    def __init__(self, settings: Settings, clock: Callable[[], Clock] = read_clock) -> None:
        self._state, self._runtime = settings.folders.state, settings.folders.runtime
        self._clock = clock
        self._orders: OrderedDict[str, Order] = OrderedDict()
        "By id, oldest first."
        self._replies: list[bytes] = []
        self.identify_until_s = 0.0
        "For the uplink's vitals: until then the staff board says which booth this is."

    def obey(self, payload: bytes, now_s: float) -> Command | None:
        """Do what a message of the topic command wants; the command where it is a new one, else None. Never raises."""
        command = command_from_payload(payload)
        self._forget(now_s)
        if not command.name:
            self._replies.append(reply_payload(command, NOT_UNDERSTOOD))
            return None
        known = self._orders.get(command.id)
        if known is not None:
            self._repeat(command, known)
            return None
        order = self._orders[command.id] = Order(command, now_s)
        log.info("commanded from afar: %s", command.name)
        self._conclude(order, self._do(command.name, now_s))
        return command

    def waiting(self) -> bool:
        """True while a command waits for vision to show it."""
        return any(order.outcome is None for order in self._orders.values())

    def replies(self, now_s: float, vision: dict[str, Any] | None) -> list[bytes]:
        """Replies that are due, by reply/1, each once. `vision`: its fresh vitals, None where there are none."""
        for order in self._orders.values():
            if order.outcome is None:
                self._conclude(order, shown(order, vision, now_s))
        due, self._replies = self._replies, []
        return due

    def _do(self, name: str, now_s: float) -> Outcome | None:
        """Do it once; None where the reply has to wait for vision."""
        if name == "identify":
            self.identify_until_s = now_s + IDENTIFY_S
        if name in ("identify", "request-status"):
            return Outcome("done")
        try:
            if name == "pause":
                pause(self._state, OPERATOR, self._clock().minute)
                return None
            others = resume(self._state, OPERATOR, self._runtime)
            arm(self._state / UPLINK, moment_at(now_s, self._clock()))
        except BoothError as error:
            log.error("%s: %s", name, error)
            return Outcome("refused", str(error))
        return Outcome("accepted", f"still {others}") if others else None

    def _repeat(self, command: Command, known: Order) -> None:
        """Answer again what was heard already, and do nothing; one that waits for vision is answered then."""
        if command != known.command:
            self._replies.append(reply_payload(command, REUSED))
        elif known.outcome is not None:
            self._replies.append(reply_payload(command, known.outcome))

    def _conclude(self, order: Order, outcome: Outcome | None) -> None:
        if outcome is not None:
            order.outcome = outcome
            self._replies.append(reply_payload(order.command, outcome))

    def _forget(self, now_s: float) -> None:
        """Let go of ids that are old, and of the oldest where there are too many."""
        while self._orders:
            oldest = next(iter(self._orders.values()))
            if now_s - oldest.heard_s <= REMEMBERED_S and len(self._orders) < MOST_REMEMBERED:
                return
            del self._orders[oldest.command.id]
            if oldest.outcome is None:
                self._conclude(oldest, LATER)


def shown(order: Order, vision: dict[str, Any] | None, now_s: float) -> Outcome | None:
    """What vision's vitals say of a pause or resume; None while it may still show it."""
    if vision is not None and vision.get("written_s", 0.0) >= order.heard_s:
        paused = vision.get("state") == "paused"
        if paused == (order.command.name == "pause"):
            return Outcome("done")
    return LATER if now_s - order.heard_s >= PATIENCE_S else None


def command_from_payload(payload: bytes) -> Command:
    """The command; with an empty name, and an empty id if need be, where the message is not by the schema."""
    try:
        values = json.loads(payload) if len(payload) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return Command("", "")
    asked = values.get("id")
    known = asked if isinstance(asked, str) and ID.fullmatch(asked) else ""
    closed = set(values) == {"schema", "id", "command"} and values["schema"] == "command/1"
    name = values.get("command")
    return Command(known, name if known and closed and name in COMMANDS else "")


def payload_from_command(command: Command) -> bytes:
    """The message that carries it."""
    values = {"schema": "command/1", "id": command.id, "command": command.name}
    return payload_from_values(values)


def reply_payload(command: Command, outcome: Outcome) -> bytes:
    """What became of it, by schema reply/1."""
    values = {
        "schema": "reply/1",
        "id": command.id,
        "result": outcome.result,
        "reason": one_line(outcome.reason),
    }
    return payload_from_values(values)
