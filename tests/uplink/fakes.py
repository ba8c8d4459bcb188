"""A broker's end of a link without a network: takes, refuses, forgets to answer, or drops the line."""

from __future__ import annotations

from appliance.uplink.message import Ack, LinkLostError, Message


class FakeLink:
    """Answers each message with the code that `verdict` gives it; what it took with success is in `taken`."""

    def __init__(self, window: int = 4) -> None:
        self.window = window
        self.largest = 100_000
        self.heard_s = 0.0
        self.asked = 0
        self.taken: list[bytes] = []
        self.sent: list[bytes] = []
        self.code = 0x00
        self.codes: dict[bytes, int] = {}
        "Of single payloads, before `code`."
        self.lost = False
        self.most_on_the_way = 0
        self._waiting: list[tuple[int, bytes]] = []

    def send(self, message: Message) -> int:
        if self.lost:
            raise LinkLostError("gone")
        self.sent.append(message.payload)
        self._waiting.append((len(self.sent), message.payload))
        self.most_on_the_way = max(self.most_on_the_way, len(self._waiting))
        return len(self.sent)

    def ask(self) -> None:
        self.asked += 1

    def answer(self, count: int | None = None) -> list[Ack]:
        """Acknowledge the first `count` messages on the way, all when None."""
        answered = self._waiting[:count]
        self._waiting = self._waiting[len(answered) :]
        acks = [Ack(mid, self.codes.get(payload, self.code), "") for mid, payload in answered]
        pairs = zip(acks, answered, strict=True)
        self.taken += [payload for ack, (_, payload) in pairs if ack.code < 0x80]
        return acks
