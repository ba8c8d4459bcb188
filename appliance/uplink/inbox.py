"""What is wanted from afar: messages of config/desired and command go in; settings, reports and replies come out."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.config import Settings
from appliance.uplink.command import Commands
from appliance.uplink.desired import RemoteConfig
from appliance.uplink.message import Message
from appliance.uplink.report import Vitals
from appliance.uplink.topics import EXPIRY_S, split_topic, topic
from appliance.uplink.wording import payload_from_values

DESIRED, COMMAND = "config/desired", "command"


class Inbox:
    """Owner of what was set and commanded from afar. Times are monotonic seconds."""

    def __init__(self, settings: Settings, vitals: Vitals) -> None:
        self.remote = RemoteConfig(settings)
        self.commands = Commands(settings)
        self._booth = settings.booth
        self._vitals = vitals

    def topics(self) -> tuple[str, ...]:
        """What to subscribe to."""
        return tuple(self._topic(kind) for kind in (DESIRED, COMMAND))

    def hear(self, messages: Iterable[Message], now_s: float) -> bool:
        """Take `messages`; True when one of them asks for the status. Never raises."""
        asked = False
        for message in messages:
            where = split_topic(message.topic)
            kind = where.kind if where else ""
            if kind == DESIRED:
                self.remote.hear(message.payload, now_s)
            elif kind == COMMAND and not message.retain:
                # One that the broker retained was meant for another day.
                command = self.commands.obey(message.payload, now_s)
                asked |= command is not None and command.name == "request-status"
        return asked

    def answers(self, now_s: float) -> list[Message]:
        """Replies and a report, where they are due."""
        self.remote.tend(now_s)
        vision = self._vitals(now_s) if self.commands.waiting() else None
        found = [
            Message(self._topic("command/reply"), reply, expiry_s=EXPIRY_S["command/reply"])
            for reply in self.commands.replies(now_s, vision)
        ]
        report = self.remote.report()
        if report is not None:
            payload = payload_from_values(report)
            found.append(Message(self._topic("config/reported"), payload, retain=True))
        return found

    def _topic(self, kind: str) -> str:
        return topic(self._booth.city, self._booth.id, kind)
