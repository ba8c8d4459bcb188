"""Settings of one booth: defaults, a city file and a booth file in, one frozen, checked object out."""

from __future__ import annotations

from appliance.config.camera import Camera, Sensor
from appliance.config.capture import Capture, Zone
from appliance.config.display import Button, Display
from appliance.config.machine import Engines, Folders, Update
from appliance.config.settings import Identity, Settings
from appliance.config.uplink import Trends, Uplink
from appliance.config.values import NAME_PATTERN, PRIVATE, Name, broker_address
from appliance.config.vision import Detector, Garment, Novelty, Rule, yielding

__all__ = [
    "NAME_PATTERN",
    "PRIVATE",
    "Button",
    "Camera",
    "Capture",
    "Detector",
    "Display",
    "Engines",
    "Folders",
    "Garment",
    "Identity",
    "Name",
    "Novelty",
    "Rule",
    "Sensor",
    "Settings",
    "Trends",
    "Update",
    "Uplink",
    "Zone",
    "broker_address",
    "yielding",
]
