"""Settings of what leaves the booth: its messages, and the street's trends."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from appliance.config.values import broker_address
from appliance.section import Section


class Uplink(Section):
    """The way to the world."""

    broker: Annotated[str, AfterValidator(broker_address)] = "mqtt://127.0.0.1:1883"
    keepalive_s: int = Field(30, ge=5, le=600)
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    "The three for mqtts: files, or credential:NAME of the unit. None set: its ca.crt, booth.crt, booth.key, if any."
    status_every_s: float = Field(300, gt=0, le=86_400)
    health_every_s: float = Field(60, gt=0, le=86_400)
    session_s: int = Field(300, ge=0, le=604_800)
    "For so long the broker keeps what is meant for a booth that is away."
    outbox_rows: int = Field(100_000, ge=10)
    "Messages kept at the most; the oldest go first, and are counted. So do the next two bound it."
    outbox_mb: float = Field(64, ge=1, le=100_000)
    "Megabytes of their payloads."
    outbox_days: float = Field(30, gt=0, le=3650)
    "Their age; one whose clock was not set then ages from the first time that it was."


class Trends(Section):
    """What is released of the street as a whole, once a day: shares with noise, and of nobody."""

    release: bool = True
    "false: nothing is counted for it. Neither is it where sign.purposes are named without trends."
    epsilon: float = Field(1, ge=0.01, le=1)
    "Privacy loss of a day's release in all; smaller is more private and noisier."
    ends_at_h: float = Field(24, gt=0, le=24)
    "Local hour at which the day is closed. Counts live in memory: a booth that is switched off at 22 h wants 21.5."
