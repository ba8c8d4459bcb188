"""One booth's life on its broker: settings and an outbox go in; messages come out, through losses, until it parts.

Never waits: step() does what can be done now and says when it wants to be called again, so that one thread leads
the one booth of a machine, or thousands in a simulation. The one loop that retries is here: rest, dial, greet,
serve, and after a loss rest again, a random while that grows with the attempts.
"""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Callable
from functools import partial

from appliance.config import Settings
from appliance.uplink.address import broker_from_settings
from appliance.uplink.dial import Dial
from appliance.uplink.drain import Drain
from appliance.uplink.inbox import Inbox
from appliance.uplink.keys import KeyWatch
from appliance.uplink.message import LinkLostError, pause_s
from appliance.uplink.mqtt import Link
from appliance.uplink.outlet import Outlet
from appliance.uplink.report import Report, Vitals
from appliance.uplink.topics import topic
from appliance.uplink.wire import ANSWER_S

log = logging.getLogger(__name__)

TURN_S = 0.25
"At the most from a row in the outbox to its message."
UNANSWERED = 3
"""Greetings in a row before the broker is told to forget our session: RabbitMQ 4.0 never lets in whose session was half
made when a node died. Commands that waited in it are lost, which their sender sees; events are in our outbox."""
DIAL_LOOK_S = 0.05
SETTLED_S = 30.0
"A connection that stood for so long was a good one: the next pause is a short one again."
GOODBYE_S = 2.0
"For the last status to be acknowledged."


class Life:
    """Owner of a booth's connection. One thread, that of its outbox.

    Raises BoothError for what no retry mends: an address that cannot be, TLS files that are no good.
    """

    def __init__(
        self,
        settings: Settings,
        outbox: Outlet,
        vitals: Vitals,
        now_s: float,
        *,
        board: Vitals = lambda _now_s: None,
        turn_s: float = TURN_S,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.keys = KeyWatch(broker_from_settings(settings))
        self.inbox = Inbox(settings, vitals)
        self.drain = Drain(outbox, partial(topic, settings.booth.city, settings.booth.id), draw)
        self.report = Report(self.inbox.remote, self.drain, self.keys, vitals, board, now_s)
        self.over = False
        "It has parted; step() does nothing more."
        self._turn_s = turn_s
        self._draw = draw
        self._link: Link | None = None
        self._dial: Dial | None = None
        self._attempt = 0
        self._unanswered = 0
        self._since_s = now_s
        "Since when it does what it does."
        self._rest_s = 0.0
        self._deaf = ""
        self._do: Callable[[float], float] = self._resting

    def step(self, now_s: float) -> float:
        """Do what is due at `now_s` (monotonic); returns when to be called again unless the socket is ready before."""
        try:
            return self._do(now_s)
        except LinkLostError as error:
            return self._lose(str(error), now_s)

    def part(self, now_s: float) -> None:
        """Begin to go: say so if anybody listens. Calling it again changes nothing."""
        if self._do in (self._serving, self._renewing) and self._link is not None:
            with contextlib.suppress(LinkLostError):
                self._link.send(self.report.offline("stopped"))
            self._become(self._parting, now_s)
        elif self._do != self._parting:
            self.close()
            self.over = True

    def fileno(self) -> int:
        """Of the socket, for a selector; -1 while there is none to listen to."""
        return -1 if self._link is None or self._dial is not None else self._link.fileno()

    def wants_write(self) -> bool:
        """True while bytes wait for room in the socket."""
        return self._link is not None and self._dial is None and self._link.wants_write()

    def close(self) -> None:
        """Let go of the connection; without part() the broker sends the will."""
        if self._dial is not None:
            self._dial.abandon()
        elif self._link is not None:
            self._link.close()
        self._link = self._dial = None

    def _resting(self, now_s: float) -> float:
        if now_s < self._since_s + self._rest_s:
            return self._since_s + self._rest_s
        # A broker that refuses the old keys is never served: only here are the new ones noticed then.
        self.keys.look(now_s)
        self._link = self._new_link()
        self._dial = Dial(self._link)
        return self._become(self._dialling, now_s)

    def _new_link(self) -> Link:
        settings = self.inbox.remote.settings
        name = f"{settings.booth.city}/{settings.booth.id}"
        will = self.report.offline("connection lost")
        broker = broker_from_settings(settings)
        link = Link(broker, name, will, settings.uplink.session_s, self.keys)
        link.clean_start |= self._unanswered >= UNANSWERED
        return link

    def _dialling(self, now_s: float) -> float:
        if self._dial is not None and not self._dial.done():
            return now_s + DIAL_LOOK_S
        self._dial = None
        self._become(self._greeting, now_s)
        return self._greeting(now_s)

    def _greeting(self, now_s: float) -> float:
        link = self._linked()
        link.turn(0)
        if not link.connected:
            if now_s > self._since_s + ANSWER_S:
                raise link.unanswered()
            return now_s + TURN_S
        self._unanswered = 0
        link.subscribe(*self.inbox.topics())
        self.inbox.remote.connected(now_s)
        self.report.connected(now_s)
        self._become(self._serving, now_s)
        return self._serving(now_s)

    def _serving(self, now_s: float) -> float:
        link = self._linked()
        self.report.send(link, now_s)
        link.turn(0)
        self._tell_deaf(link.deaf)
        self._hear(link, now_s)
        for answer in self.inbox.answers(now_s):
            link.send(answer)
        self.drain.step(link, link.take_acks(), now_s)
        if self.keys.look(now_s) or self._keepalive_s() != link.broker.keepalive_s:
            return self._become(self._renewing, now_s)
        return now_s + self._turn_s

    def _hear(self, link: Link, now_s: float) -> None:
        """Take what came: the broker knows that we have it, and will not say it again."""
        if self.inbox.hear(link.take_messages(), now_s):
            self.report.ask()

    def _tell_deaf(self, deaf: str) -> None:
        """Events go on without, so this is no reason to leave; nothing can be set or commanded from afar."""
        if deaf and deaf != self._deaf:
            log.error("%s", deaf)
        self._deaf = deaf

    def _keepalive_s(self) -> int:
        """As wanted now: it may be set from afar, and only a new connection has it."""
        return self.inbox.remote.settings.uplink.keepalive_s

    def _renewing(self, now_s: float) -> float:
        """Keys or keep-alive are new: go without a will, and come again at once."""
        if self._left(now_s):
            self.close()
            self.drain.left()
            self._rest_s = 0.0
            return self._become(self._resting, now_s)
        return now_s + TURN_S

    def _parting(self, now_s: float) -> float:
        """Go once the last status is taken; a broker that does not answer is left to send the will."""
        if self._left(now_s):
            self.close()
            self.over = True
        return now_s + TURN_S

    def _left(self, now_s: float) -> bool:
        """Leave when nothing is on the way any more; True when the connection is of no more use.

        Whoever closes with an acknowledgement unread resets the connection, which may take the good-bye back.
        """
        link = self._linked()
        try:
            link.turn(0)
        except LinkLostError:
            return True
        finally:
            self._hear(link, now_s)
        self.drain.settle(link.take_acks(), now_s)
        if link.idle():
            link.leave()
            return True
        return now_s > self._since_s + GOODBYE_S

    def _lose(self, reason: str, now_s: float) -> float:
        """Close, and rest before the next attempt."""
        stood = self._do == self._serving and now_s > self._since_s + SETTLED_S
        self._unanswered += self._do == self._greeting
        self.close()
        self.drain.lost(now_s)
        self.inbox.remote.lost(now_s)
        self.report.lost(reason)
        self._attempt = 1 if stood else self._attempt + 1
        self._rest_s = pause_s(self._attempt, self._draw)
        return self._become(self._resting, now_s) + self._rest_s

    def _become(self, do: Callable[[float], float], now_s: float) -> float:
        self._do, self._since_s = do, now_s
        return now_s

    def _linked(self) -> Link:
        assert self._link is not None
        return self._link
