"""What may be set from afar: the files' settings and an operator's wish in, settings that keep every wall out.

Order: defaults < city < booth file < site < wish; "the files" here are all but the last. A wall of the files is never
weakened: who may not be looked at by the files may not be looked at by any wish.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from appliance.config import Capture, Section, Settings, Zone
from appliance.errors import BoothError

Wish = Mapping[str, Any]
"Section -> key -> value, as JSON has it; {}: all is as the files have it."

ALLOWED = {
    "decision": ("wanted_share", "wanted_per_hour"),
    "capture": ("mode", "zones"),
    "novelty": ("learning",),
    "display": ("language", "card_s"),
    "uplink": ("keepalive_s", "status_every_s", "health_every_s"),
}
"Whatever is not named here is set by who stands before the booth: who it is, where it sends, what it trusts."


def wish_model() -> type[BaseModel]:
    """The sections and keys of ALLOWED with the types and limits that the settings give them, each optional."""
    sections: dict[str, Any] = {}
    for name, keys in ALLOWED.items():
        section = Settings.model_fields[name].annotation
        assert isinstance(section, type) and issubclass(section, Section)  # noqa: PT018 - for the types
        fields: dict[str, Any] = {key: (section.model_fields[key].rebuild_annotation(), None) for key in keys}
        sections[name] = (create_model(f"{section.__name__}Wish", __base__=Section, **fields), None)
    return create_model("Wish", __base__=Section, **sections)


MODEL = wish_model()


def overlay(settings: Settings, wish: Wish) -> Settings:
    """The files' `settings` with `wish` on top. Raises BoothError naming the key and why it stays as it is.

    Types are JSON's and strict: "30" is no number, and null is nothing but null.
    """
    try:
        checked = MODEL.model_validate_json(json.dumps(wish), strict=True)
        merged = settings.model_dump()
        for section, keys in checked.model_dump(exclude_unset=True).items():
            merged[section].update(keys)
        wanted = Settings.model_validate(merged)
    except ValidationError as error:
        raise BoothError(explained(error)) from None
    except (ValueError, TypeError, RecursionError):
        raise BoothError("settings: no JSON that can be read; send an object of sections") from None
    return wanted.model_copy(update={"capture": walled(settings.capture, wanted.capture)})


def in_force(files: Settings, wish: Wish) -> Settings:
    """The settings that a wish makes which was allowed once: here, and nowhere else, all layers meet.

    Where the mat has been painted anew since, the wish's scored zones are out of date: those of the files count.
    Raises BoothError where the files, which may have changed, forbid it.
    """
    zones = dict(wish.get("capture", {})).get("zones") if isinstance(wish.get("capture"), Mapping) else None
    if files.capture.mode == "opt-in-zone" and isinstance(zones, list):
        wish = {**wish, "capture": {**wish["capture"], "zones": refitted(files.capture, zones)}}
    return overlay(files, wish)


def refitted(files: Capture, zones: list[Any]) -> list[Any]:
    """The wished `zones` without scored ones that are not of `files`; with all of those if none is left."""
    known = [zone.model_dump(mode="json") for zone in scored(files)]
    kinds = [zone.get("kind", "scored") if isinstance(zone, Mapping) else "scored" for zone in zones]
    kept = [zone for zone, kind in zip(zones, kinds, strict=True) if kind != "scored"]
    still = [
        one for one in known if any({"kind": "scored", **zone} == one for zone in zones if zone not in kept)
    ]
    return [*(still or known), *kept]


def walled(files: Capture, wanted: Capture) -> Capture:
    """`wanted` with the opt-out zones and doors of `files` in any case.

    Where the files say opt-in, a mat is painted on the ground: its zone can be closed from afar, never moved. Where
    they say open-street, everybody may be looked at already, and scored zones are drawn freely. Raises BoothError where
    it would look at more people.
    """
    if files.mode == "opt-in-zone":
        if wanted.mode != "opt-in-zone":
            raise BoothError("capture.mode: opt-in-zone of the booth's own file cannot be lifted from afar")
        for zone in scored(wanted):
            if zone not in scored(files):
                why = "no scored zone of the booth's own file; leave it out or send it as the file has it"
                raise BoothError(f"capture.zones: {zone.name}: {why}")
    kept = tuple(zone for zone in files.zones if zone.kind != "scored" and zone not in wanted.zones)
    return wanted.model_copy(update={"zones": (*wanted.zones, *kept)})


def scored(capture: Capture) -> tuple[Zone, ...]:
    """The zones in which people are looked at."""
    return tuple(zone for zone in capture.zones if zone.kind == "scored")


def explained(error: ValidationError) -> str:
    """The first mistake in one line: key, what is wrong, what would be right."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    key = ".".join(str(part) for part in fault["loc"]) or "settings"
    if fault["type"] == "extra_forbidden":
        return f"{key}: cannot be set from afar; set it in the booth's own file"
    return f"{key}: {fault['msg'].removeprefix('Value error, ')}"
