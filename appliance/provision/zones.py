"""The time zone of a city: its name and settings file in, a zone's name out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

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
        raise BoothError(
            f"city {city[:40]!a}: its time zone is not known; say --timezone, as America/New_York"
        )
    return zone
