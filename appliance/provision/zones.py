"""The time zone of a city: its name and settings file in, a zone's name that there is out."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from appliance.config import NAME_PATTERN
from appliance.config_file import parse_mapping, read_text
from appliance.errors import BoothError

KEY = ("place", "time_zone")
"Where a city's file names it."
KNOWN = {
    "new-york": "America/New_York",
    "toronto": "America/Toronto",
    "stockholm": "Europe/Stockholm",
    "madrid": "Europe/Madrid",
}
"For cities whose file does not."


def check_zone(name: str) -> None:
    """Raises BoothError for a zone that there is not; whatever it is on a computer that knows none at all."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if known := available_timezones():
            near = get_close_matches(name, known, 1)
            cure = f"did you mean {near[0]}?" if near else "write it as America/New_York"
            raise BoothError(f"--timezone {name[:64]!a}: there is no such time zone; {cure}") from None


def zone_of_city(city: str, cities: Path) -> str:
    """Raises BoothError for a city whose zone nobody has written down."""
    file = cities / f"{city}.yaml"
    value: Any = None
    if re.fullmatch(NAME_PATTERN, city) and file.is_file():
        value = parse_mapping(file, read_text(file))
        for key in KEY:
            value = value.get(key) if isinstance(value, dict) else None
    zone = value if isinstance(value, str) else KNOWN.get(city)
    if zone is None:
        known = ", ".join(sorted({*KNOWN, *(each.stem for each in cities.glob("*.yaml"))}))
        raise BoothError(
            f"--city {city[:40]!a}: not one of {known}; for a new one write its file, see deploy/cities/README.md"
        )
    return zone
