"""Messages between sending and acknowledgement: what the broker takes at once is kept to, the rest waits in order."""

from __future__ import annotations

import itertools
from collections import deque

from appliance.uplink.message import Message

MOST_WAITING = 1000
"Status and replies that wait for room; more is a broker that does not do its work."


class Flight:
    """Counts messages of QoS 1. `most`: the broker's Receive Maximum (MQTT 5, 3.2.2.3.3), or fewer."""

    def __init__(self, most: int, now_s: float) -> None:
        self.most = most
        self._numbers = itertools.count(1)
        self._by_mid: dict[int, int] = {}
        self._waiting: deque[tuple[int, Message]] = deque()
        self._moved_s = now_s

    def number(self) -> int:
        """A fresh number for a message; paho's own ids are given only to what is sent."""
        return next(self._numbers)

    def full(self) -> bool:
        """No message more may leave now."""
        return len(self._by_mid) >= self.most

    def empty(self) -> bool:
        """Nothing is on the way, nothing waits."""
        return not self._by_mid

    def hold(self, number: int, message: Message) -> bool:
        """Have a message wait for room; False when too many do."""
        if len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.append((number, message))
        return True

    def depart(self, number: int, mid: int, now_s: float) -> None:
        """Message `number` is on the way as `mid`."""
        if not self._by_mid:
            self._moved_s = now_s
        self._by_mid[mid] = number

    def land(self, mid: int, now_s: float) -> int | None:
        """The number of `mid`, which the broker has answered; None for one that is not ours."""
        number = self._by_mid.pop(mid, None)
        if number is not None:
            self._moved_s = now_s
        return number

    def next(self) -> tuple[int, Message] | None:
        """The first that waits, if there is room for it."""
        return self._waiting.popleft() if self._waiting and not self.full() else None

    def silent_s(self, now_s: float) -> float:
        """For how long nothing was answered, while something is on the way."""
        return now_s - self._moved_s if self._by_mid else 0.0
