"""What may be set from afar: the files' settings and an operator's wish in, settings that keep every wall out.

Order: defaults < city < booth file < site < wish; "the files" here are all but the last. A wall of the files is never
weakened: who may not be looked at by the files may not be looked at by any wish. Nor is what is told widened beyond
remote_bounds.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from appliance.config import Capture, Settings, Zone, yielding
from appliance.errors import BoothError
from appliance.law.gate import require_lawful
from appliance.remote_bounds import require_bounds
from appliance.section import Section

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
    """The files' `settings` with a new `wish` on top. Raises BoothError naming the key and why it stays as it is.

    Types are JSON's and strict: "30" is no number, and null is nothing but null.
    """
    wanted = wanted_by(settings, wish)
    return checked(settings, wanted, walled(settings.capture, wanted.capture))


def in_force(files: Settings, wish: Wish) -> Settings:
    """The settings that a `wish` makes which was allowed once: here, and nowhere else, all layers meet.

    Where the mat has been painted anew since, the wish's scored zones are out of date, and those of the files count.
    Raises BoothError where the files, which may have changed, forbid it.
    """
    wanted = wanted_by(files, wish, scored(files.capture))
    return checked(files, wanted, walled(files.capture, refitted(files.capture, wanted.capture)))


def checked(files: Settings, wanted: Settings, capture: Capture) -> Settings:
    """`wanted` with that capture. Raises BoothError where it goes further than a wish may, or than the city's law."""
    settings = wanted.model_copy(update={"capture": capture})
    if settings != files:
        require_bounds(files, settings)
        require_lawful(settings)
    return settings


def wanted_by(settings: Settings, wish: Wish, mats: tuple[Zone, ...] = ()) -> Settings:
    """What the `wish` makes of the files' settings, walls or not; `mats` where opt-in would have no scored zone.

    Raises BoothError where it is no wish.
    """
    try:
        read = MODEL.model_validate_json(json.dumps(wish), strict=True)
        merged = settings.model_dump()
        for section, keys in read.model_dump(exclude_unset=True).items():
            below = yielding(merged[section], keys) if section == "decision" else merged[section]
            merged[section] = {**below, **keys}
        zones = merged["capture"]["zones"]
        if merged["capture"]["mode"] == "opt-in-zone" and all(is_no_mat(zone) for zone in zones):
            merged["capture"]["zones"] = [*zones, *(mat.model_dump() for mat in mats)]
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise BoothError(explained(error)) from None
    except (ValueError, TypeError, RecursionError):
        raise BoothError("settings: no JSON that can be read; send an object of sections") from None


def is_no_mat(zone: Mapping[str, Any]) -> bool:
    """Whether nobody is looked at in a zone that is not a record yet."""
    return bool(zone.get("kind", "scored") != "scored")


def refitted(files: Capture, wanted: Capture) -> Capture:
    """`wanted` without scored zones and a spot that opt-in `files` do not have; with all of theirs if none is left."""
    if files.mode != "opt-in-zone":
        return wanted
    still = tuple(zone for zone in scored(wanted) if zone in scored(files)) or scored(files)
    others = tuple(zone for zone in wanted.zones if zone.shields or zone == files.spot)
    return wanted.model_copy(update={"zones": (*still, *others)})


def walled(files: Capture, wanted: Capture) -> Capture:
    """`wanted` with the opt-out zones and doors of `files` in any case.

    Where the files say opt-in, mat and spot are painted on the ground: they can be closed from afar, never moved. Where
    they say open-street, everybody may be looked at already, and scored zones are drawn freely. Raises BoothError where
    it would look at more people.
    """
    if files.mode == "opt-in-zone":
        if wanted.mode != "opt-in-zone":
            raise BoothError("capture.mode: opt-in-zone of the booth's own file cannot be lifted from afar")
        for zone in wanted.zones:
            if not zone.shields and zone not in files.zones:
                why = (
                    f"no {zone.kind} zone of the booth's own file; leave it out or send it as the file has it"
                )
                raise BoothError(f"capture.zones: {zone.name}: {why}")
    kept = tuple(zone for zone in files.zones if zone.shields and zone not in wanted.zones)
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
