"""Properties of MQTT 5 packets: seconds and sizes go in, what paho attaches to a packet comes out."""

from __future__ import annotations

from functools import lru_cache

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LARGEST_IN = 65_536
"Bytes of a packet that anybody may send us; the largest of the contract is a fourth of that."
MOST_IN = 100
"Messages of QoS 1 that the broker may send us before we acknowledge."


def connect_properties(session_s: int) -> Properties:
    """Of CONNECT (MQTT 5, 3.1.2.11): how long the broker keeps our session, and how much we take at once."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = session_s
    properties.ReceiveMaximum = MOST_IN
    properties.MaximumPacketSize = LARGEST_IN
    return properties


def will_properties() -> Properties:
    """Of the will: JSON text that never expires, because nobody is there to say it again."""
    return _json(Properties(PacketTypes.WILLMESSAGE))  # type: ignore[no-untyped-call]


class Packed(Properties):
    """Properties that are final: their bytes are made once, which is a third of the work of a message."""

    _packed: bytes

    def __init__(self, properties: Properties) -> None:
        # Properties takes no attributes but those of the standard.
        object.__setattr__(self, "_packed", properties.pack())  # type: ignore[no-untyped-call]

    def pack(self) -> bytes:
        """As they stand in a packet."""
        return self._packed


@lru_cache(maxsize=64)
def publish_properties(expiry_s: int | None) -> Properties:
    """Of PUBLISH: JSON text, worthless after `expiry_s` (None: never); one object for all of a kind."""
    properties = _json(Properties(PacketTypes.PUBLISH))  # type: ignore[no-untyped-call]
    if expiry_s is not None:
        properties.MessageExpiryInterval = expiry_s
    return Packed(properties)


def _json(properties: Properties) -> Properties:
    properties.ContentType = "application/json"
    properties.PayloadFormatIndicator = 1
    return properties
