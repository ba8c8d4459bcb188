"""What people must be told: settings in; what the sign of this city still lacks, by key and with the cure, out.

Where a law gives people rights, an installed booth does not look before its sign can be made in full: information is
due at the moment of capture (CJEU C-422/24, 18 Dec 2025). New York's law asks for no sign; `booth doctor` and the field
page's sign-off ask for it there, too.
"""

from __future__ import annotations

from pathlib import Path

from appliance.config import Camera, Settings
from appliance.errors import BoothError
from appliance.law.gate import Fault
from appliance.law.profiles import Profile, profile_of, rights_of


def require_disclosure(settings: Settings) -> None:
    """Raises BoothError, one line per key, where the sign would lack something that people have a right to read."""
    rights = profile_of(settings.booth.city, settings.law.profile).rights
    found = lacking(settings) if rights else []
    if found:
        raise BoothError("\n".join(map(str, found)))


def looks_at_people(camera: Camera) -> bool:
    """False for recordings and test pictures: whoever is in those was told when they were made, or is nobody."""
    if camera.source.startswith("test:"):
        return False
    # A device or a pipe by its path is no recording, however it is written.
    path = Path(camera.source)
    return not camera.source_is_file() or (path.exists() and not path.is_file())


def lacking(settings: Settings) -> list[Fault]:
    """Everything that the sign lacks."""
    profile = profile_of(settings.booth.city, settings.law.profile)
    return [
        *language_faults(settings, profile),
        *field_faults(settings, profile),
        *basis_faults(settings, profile),
    ]


def language_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """The languages that the sign has to be in; where nobody has written them down, that the city's file does."""
    if not profile.languages and "languages" not in settings.place.model_fields_set:
        why = f"nobody has written down what people in {settings.booth.city} read"
        return [Fault(("place", "languages"), f"not set, and {why}; set it in the city's file")]
    missing = [language for language in profile.languages if language not in settings.place.languages]
    words = f"{', '.join(missing)} missing; people in {settings.booth.city} ({profile.name}) read it, add it"
    return [Fault(("place", "languages"), words)] if missing else []


def field_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """Facts that nobody has written down."""
    where = f"the sign in {settings.booth.city} ({profile.name}) has to say it; set it in the booth's file"
    found = [
        Fault(("sign", key), f"not set; {where}") for key in profile.fields if not getattr(settings.sign, key)
    ]
    if settings.retention.reports_days is None:
        found.append(Fault(("retention", "reports_days"), f"not set; {where}"))
    return found


def basis_faults(settings: Settings, profile: Profile) -> list[Fault]:
    """A legal basis that bears this capture mode, and the rights that come with it."""
    basis, mode = settings.sign.legal_basis, settings.capture.mode
    if basis is None:
        return []
    fitting = profile.bases[mode]
    if basis not in fitting:
        words = f"{basis} does not bear {mode} under {profile.name}; set {' or '.join(fitting)}"
        return [Fault(("sign", "legal_basis"), words)]
    missing = [right for right in rights_of(profile, basis) if right not in settings.sign.rights]
    words = f"{', '.join(missing)} missing, which {profile.name} gives with {basis}; add them"
    return [Fault(("sign", "rights"), words)] if missing and settings.sign.rights else []
