"""The gate: settings in; what the law of their city forbids, by key and with the way to mend it, out.

Every settings file passes here when it is loaded, whatever its camera is: a recording in a file that calls itself a
booth of Madrid is treated as Madrid. What is laid over the files later, from afar or in the field, can only be
narrower, and passes `require_lawful` again.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.config import Settings
from appliance.errors import BoothError, ToldError
from appliance.law.assessment import TEMPLATE, why_not
from appliance.law.ground import Room, crossing_of, fault_of
from appliance.law.profiles import CITIES, Profile, profile_of


@dataclass(frozen=True)
class Fault:
    """Something unlawful."""

    key: tuple[str, ...]
    "Where in the settings."
    words: str
    "One line: the rule, and what to do."
    told: Room | None = None
    "The same for who draws zones in the field."

    def __str__(self) -> str:
        return f"{'.'.join(self.key)}: {self.words}"


def require_lawful(settings: Settings) -> None:
    """Raises BoothError, one line per fault, where a booth may not run by these settings."""
    require_none(faults(settings))


def require_room(settings: Settings) -> None:
    """Raises BoothError where one cannot walk past the scored zones, in whatever city."""
    require_none(zone_faults(settings, profile_of(settings.booth.city, settings.law.profile)))


def require_none(found: list[Fault]) -> None:
    """Raises BoothError naming what was found."""
    if not found:
        return
    words = "\n".join(map(str, found))
    if len(found) == 1 and (room := found[0].told):
        raise ToldError(words, f"room-{room.side}", share=room.percent, most=room.most_percent)
    raise BoothError(words)


def faults(settings: Settings) -> list[Fault]:
    """Everything in `settings` that the law of their city forbids; reads the assessment if one is named."""
    profile = profile_of(settings.booth.city, settings.law.profile)
    return [
        *profile_faults(settings),
        *capture_faults(settings, profile),
        *retention_faults(settings, profile),
    ]


def profile_faults(settings: Settings) -> list[Fault]:
    """A city that the program knows has no other law than its own."""
    city, named = settings.booth.city, settings.law.profile
    if named in (None, CITIES.get(city, named)):
        return []
    return [
        Fault(("law", "profile"), f"{city} is under {CITIES[city]}, whatever its file says; remove the key")
    ]


def capture_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """Whom the booth may look at."""
    law, capture, city = settings.law, settings.capture, settings.booth.city
    named = law.assessment is not None or law.assessment_sha256 is not None
    refused = why_not(law, city)
    if named and refused:
        return [Fault(("law",), f"{refused}; sign {TEMPLATE}, set both keys, or remove both")]
    if profile.open_street or not refused:
        return []
    if capture.mode == "open-street":
        cure = (
            f"set opt-in-zone with a scored zone; or sign {TEMPLATE},"
            " put its path at law.assessment and its sha256 at law.assessment_sha256"
        )
        return [Fault(("capture", "mode"), f"open-street in {city} ({profile.name}): {profile.why}; {cure}")]
    return zone_faults(settings, profile)


def zone_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """Whether the scored zones are places that one steps into on purpose."""
    zones, key = settings.capture.zones, ("capture", "zones")
    if name := crossing_of(zones):
        return [Fault(key, f"{name} crosses itself; move a corner so that its edges do not cut each other")]
    room = fault_of(zones)
    if room is None:
        return []
    where = f"{settings.booth.city} ({profile.name})"
    return [Fault(key, f"{room}: else opt-in in {where} would be an open street; draw them smaller", room)]


def retention_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """How long what is kept is kept."""
    found = []
    for key, days, most in (
        (("uplink", "outbox_days"), settings.uplink.outbox_days, profile.messages_days),
        (("retention", "reports_days"), settings.retention.reports_days or 0, profile.reports_days),
    ):
        if days > most:
            words = f"{days:g} days in {settings.booth.city} ({profile.name}); set at most {most}"
            found.append(Fault(key, words))
    return found
