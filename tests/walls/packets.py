"""Bytes that a client of MQTT 5 sent in; its packets, checked to the last byte, out (OASIS MQTT 5.0, chapter 3)."""

from __future__ import annotations

from dataclasses import dataclass

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT = 1, 3, 4, 8, 12, 14
SENT = {CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT}
"All that a booth has to say."


@dataclass(frozen=True)
class Packet:
    """One packet."""

    kind: int
    body: bytes
    topic: str = ""
    "Of a PUBLISH."
    payload: bytes = b""
    "Of a PUBLISH."


def packets_in(sent: bytes) -> list[Packet]:
    """The packets of one connection. Fails for any other bytes, and for a packet that is cut off."""
    found = []
    while sent:
        length, begin = number_at(sent, 1)
        body, head = sent[begin : begin + length], sent[0]
        assert len(body) == length, "a packet is cut off"
        assert head >> 4 in SENT, f"packet of kind {head >> 4}"
        found.append(published(head, body) if head >> 4 == PUBLISH else Packet(head >> 4, body))
        sent = sent[begin + length :]
    return found


def published(head: int, body: bytes) -> Packet:
    end = 2 + int.from_bytes(body[:2], "big")
    topic = body[2:end].decode()
    properties, begin = number_at(body, end + (2 if head & 6 else 0))
    return Packet(PUBLISH, body, topic, body[begin + properties :])


def number_at(content: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and the place after it."""
    number, shift = 0, 0
    while True:
        byte = content[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if not byte & 128:
            return number, place
