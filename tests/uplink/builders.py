"""Decisions, events and settings for the tests of the uplink; the schemas that messages must keep."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from appliance.config import Settings
from appliance.health.clock import Clock
from appliance.records import Decision
from appliance.uplink.anonymizer import Anonymizer, Origin
from appliance.uplink.event import payload_from_event

CLOCK = Clock(unix_s=1_795_366_859.0, synced=True)
ORIGIN = Origin(city="new-york", booth="desk", bank="3f2a9c01", engine="picodet-s-384", boot="0badcafe")


def decision(**changes: Any) -> Decision:
    values = {
        "track": 7,
        "at_s": 12.5,
        "box": (10.0, 20.0, 110.0, 320.0),
        "rarity": 0.98765,
        "distance": 3.25,
        "why": ("red", "striped", "upper"),
        "zone": "street",
        "exception": True,
    }
    return Decision(**{**values, **changes})


def payloads(count: int, boot: str = "0badcafe") -> list[bytes]:
    anonymizer = Anonymizer(Origin("new-york", "desk", "3f2a9c01", "picodet", boot))
    return [payload_from_event(anonymizer.event(decision(), CLOCK)) for _ in range(count)]


def booth_settings(folder: Path, broker: str, **uplink: Any) -> Settings:
    folders = {"state": folder / "state", "runtime": folder / "run"}
    return Settings.model_validate({"folders": folders, "uplink": {"broker": broker, **uplink}})


def check_schema(kind: str, payload: bytes) -> dict[str, Any]:
    """The message, after the schema of its kind has taken it."""
    text = resources.files("appliance.uplink").joinpath(f"contract/{kind}.json").read_text(encoding="utf-8")
    values: dict[str, Any] = json.loads(payload)
    jsonschema.Draft202012Validator(json.loads(text)).validate(values)
    return values
