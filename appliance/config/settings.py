"""All settings of one booth: who it is, and its sections, each of which says its keys and their limits."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from appliance.config.camera import Camera
from appliance.config.capture import Capture
from appliance.config.display import Display
from appliance.config.duties import Law, Place, Retention, Sign
from appliance.config.machine import Engines, Folders, Update
from appliance.config.uplink import Trends, Uplink
from appliance.config.values import Name
from appliance.config.vision import Detector, Garment, Novelty, Rule
from appliance.section import Section


class Identity(Section):
    """Who this booth is: the two middle levels of its topics."""

    city: Name = "new-york"
    id: Name = "desk"


class Settings(Section):
    """Everything that can be set."""

    booth: Identity = Identity()
    wing: Literal["auto", "cpu", "jetson"] = "auto"
    """auto: jetson on a Jetson, else cpu.

    A Jetson whose GPU cannot be used fails and says why: a booth that looks twenty times slower, and so misses most
    people, would be believed. `cpu` is to be set by somebody who wants that.
    """
    camera: Camera = Camera()
    detector: Detector = Detector()
    garments: Garment = Garment()
    capture: Capture = Capture()
    novelty: Novelty = Novelty()
    decision: Rule = Rule()
    uplink: Uplink = Uplink()
    display: Display = Display()
    engines: Engines = Engines()
    update: Update = Update()
    trends: Trends = Trends()
    folders: Folders = Folders()
    place: Place = Place()
    law: Law = Law()
    sign: Sign = Sign()
    retention: Retention = Retention()

    @model_validator(mode="before")
    @classmethod
    def _the_first_language_is_the_boards(cls, values: Any) -> Any:
        place = values.get("place") if isinstance(values, dict) else None
        languages = place.get("languages") if isinstance(place, dict) else None
        display = values.get("display", {}) if languages else None
        if isinstance(languages, list) and isinstance(display, dict) and "language" not in display:
            return {**values, "display": {**display, "language": languages[0]}}
        return values
