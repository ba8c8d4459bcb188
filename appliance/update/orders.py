"""What the updater is told: a booth file in; address, ring and hours out. Whatever else it holds is passed over.

The updater is the packaged program. A booth that was updated may be set by keys which only the newer program knows,
and those must not keep the older updater from bringing the next one: so it reads its own sections, leniently.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError, create_model

from appliance.config import Folders, Identity, Update
from appliance.config_file import CITIES, explain, merge, parse_mapping, read_text
from appliance.errors import BoothError
from appliance.section import Section
from appliance.update.places import Places
from appliance.update.release import Ring

CANARIES, CITY = 5, 30
"Of a hundred booths so many are canaries, and so many in the city's ring or in it before: by the hash of their name."
Kind = TypeVar("Kind", bound=Section)


@dataclass(frozen=True)
class Orders:
    """The part of the settings that an update needs."""

    booth: Identity
    update: Update
    folders: Folders

    @property
    def places(self) -> Places:
        """Where the parts of an update lie."""
        return Places(home=self.update.folder, anchor=self.update.root)

    @property
    def ring(self) -> Ring:
        """The one that is set, or the one that the booth's name draws, which stays the same."""
        if self.update.ring != "auto":
            return self.update.ring
        name = f"{self.booth.city}/{self.booth.id}".encode()
        lot = int.from_bytes(hashlib.sha256(name).digest()[:4], "big") % 100
        return "canary" if lot < CANARIES else "city" if lot < CITY else "all"

    def in_window(self, now: datetime) -> bool:
        """Whether the booth may be interrupted at `now`, local time."""
        first, end = self.update.window
        hour = now.hour + now.minute / 60
        return first <= hour < end if first < end else hour >= first or hour < end


def read_orders(booth_file: Path, cities: Path = CITIES) -> Orders:
    """City file, then booth file. Raises BoothError naming file, line and key of what the updater itself reads."""
    text = read_text(booth_file)
    values = parse_mapping(booth_file, text)
    booth = section(Identity, "booth", values, booth_file, text)
    city_file = cities / f"{booth.city}.yaml"
    if city_file.is_file():
        values = merge(parse_mapping(city_file, read_text(city_file)), values)
    return Orders(
        booth,
        section(Update, "update", values, booth_file, text),
        section(Folders, "folders", values, booth_file, text),
    )


def section(kind: type[Kind], name: str, values: dict[str, Any], file: Path, text: str) -> Kind:
    """One section, by the keys that this program knows. Raises BoothError."""
    given = values.get(name) or {}
    if not isinstance(given, dict):
        raise BoothError(f"{file}: {name}: a section is `key: value` lines; mend it")
    known = {key: given[key] for key in given if key in kind.model_fields}
    whole = create_model("Whole", **{name: (kind, ...)})  # type: ignore[call-overload]
    try:
        found: Kind = getattr(whole.model_validate({name: known}), name)
    except ValidationError as error:
        raise BoothError(explain(error, file, text)) from None
    return found
