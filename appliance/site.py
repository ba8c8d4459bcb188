"""What the technician drew at the place: a site and the files' settings in, settings that keep every wall out.

Order: defaults < city < booth file < site < wish from afar. Who stands before the booth paints mat and spot and so
moves the zones where people are looked at; nobody lifts opt-in, no opt-out zone or door of the booth's own file falls
away, and what comes of it is lawful in the booth's city. Where the files say opt-in, a mat that is drawn anew
leaves room to walk past in every city: drawn over the whole picture it would lift opt-in by another name.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator

from appliance.config import Settings, Zone
from appliance.errors import ToldError
from appliance.ground import Ground
from appliance.law.gate import require_lawful, require_room
from appliance.section import Section

MOST_ZONES = 16
MOST_CHECKS = 32
LEAST_AREA = 0.0005
"Share of the picture: a zone below is a slip of the finger, and would protect nobody."
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z")


def minute(text: str) -> str:
    """The same text. Raises ValueError unless it is a UTC minute."""
    if not MINUTE.fullmatch(text):
        raise ValueError("no UTC minute; write it as 2026-11-26T09:30:00Z")
    return text


class Plane(Section):
    """The ground plane, as appliance/ground.py has it."""

    camera_m: float = Field(ge=0.5, le=12)
    tilt_deg: float = Field(ge=-20, le=70)
    view_deg: float = Field(ge=10, le=150)
    aspect: float = Field(ge=0.2, le=5)

    def ground(self) -> Ground:
        """The record that answers questions."""
        return Ground(self.camera_m, self.tilt_deg, self.view_deg, self.aspect)


class CheckDone(Section):
    """One line of the self-test that was signed."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9 _-]{0,39}$")
    passed: bool


class SignOff(Section):
    """Somebody on the spot says that the booth may work; no name, only when and what was checked."""

    minute: Annotated[str, AfterValidator(minute)]
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+~-]{0,39}$")
    "Of the program."
    checks: tuple[CheckDone, ...] = Field(max_length=MOST_CHECKS)
    reason: str | None = Field(None, pattern=r"^[a-z][a-z-]{0,31}$")
    "Why it may although a check has failed: one of the page's closed list; None where all passed."


class Site(Section):
    """Everything that is known of the place alone."""

    mode: Literal["opt-in-zone"] | None = None
    "Stricter than the files, or as they have it."
    zones: tuple[Zone, ...] | None = Field(None, max_length=MOST_ZONES)
    "All zones as drawn; None: as the files have them."
    ground: Plane | None = None
    signed_off: SignOff | None = None

    @field_validator("zones")
    @classmethod
    def _are_zones(cls, zones: tuple[Zone, ...] | None) -> tuple[Zone, ...] | None:
        for zone in zones or ():
            if area(zone) < LEAST_AREA:
                raise ValueError(f"zone {zone.name} is too small; draw it larger")
        return zones


def area(zone: Zone) -> float:
    """Share of the picture that a polygon encloses, by the shoelace formula."""
    corners = zone.polygon
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def at_site(files: Settings, site: Site) -> Settings:
    """The files' settings with the site on top. Raises BoothError naming what does not fit."""
    capture = files.capture.model_dump()
    if site.mode is not None:
        capture["mode"] = site.mode
    if site.zones is not None:
        kept = [zone for zone in files.capture.zones if zone.shields and zone not in site.zones]
        capture["zones"] = [zone.model_dump() for zone in (*site.zones, *kept)]
    try:
        there = Settings.model_validate({**files.model_dump(), "capture": capture})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        words = f"capture: {fault['msg'].removeprefix('Value error, ')}"
        raise ToldError(words, "opt-in-needs-zone") from None
    if there != files:
        require_lawful(there)
    if files.capture.mode == "opt-in-zone" and marked(there) != marked(files):
        require_room(there)
    return there


def marked(settings: Settings) -> frozenset[Zone]:
    """The zones in which people are looked at."""
    return frozenset(zone for zone in settings.capture.zones if not zone.shields)
