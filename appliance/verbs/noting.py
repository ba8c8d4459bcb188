"""What vision notes of itself: settings in; values for the logbook, none of which tells of anybody, out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from appliance.config import Settings
from appliance.law.profiles import profile_of
from appliance.logbook.entry import OWNERS
from appliance.logbook.notes import Notes


def note_settings(notes: Notes, settings: Settings) -> None:
    """The settings in force, and of them by name what the law asks about."""
    notes.note("config", config_id(settings))
    notes.note("law", law_id(settings))
    notes.note("mode", settings.capture.mode)


def pause_id(owners: Sequence[str]) -> str:
    """Who keeps the camera closed, by kinds that are no names of anybody; 'none' while it may be open."""
    kinds = {owner if owner in OWNERS else "other" for owner in owners}
    return ",".join(sorted(kinds)) or "none"


def config_id(settings: Settings) -> str:
    """First 12 hex digits of a hash over all settings but the camera's address, which may hold a password."""
    values = settings.model_dump(mode="json")
    del values["camera"]["source"]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode("ascii")).hexdigest()[:12]


def law_id(settings: Settings) -> str:
    """The profile, and the start of the hash of the assessment that was signed, if one was."""
    profile = profile_of(settings.booth.city, settings.law.profile).name
    signed = settings.law.assessment_sha256
    return f"{profile} {signed[:12]}" if signed else profile
