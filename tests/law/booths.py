"""Booths of the cities that ship, as settings files with all that a sign needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from appliance.config import Settings
from appliance.config_file import load_settings

CITIES = ("new-york", "toronto", "stockholm", "madrid")
SIGN = {
    "controller": "Left Shoes International, S.L.",
    "address": "Calle de Alcalá 48, 28014 Madrid",
    "contact": "privacy@leftshoes.example",
    "officer": "Privacy officer, +34 910 000 000",
    "url": "https://leftshoes.example/booth/madrid",
}
MAT = {"name": "mat", "kind": "scored", "polygon": [[0.4, 0.6], [0.6, 0.6], [0.6, 1], [0.4, 1]]}


def booth_file(folder: Path, city: str, **sections: Any) -> Path:
    """A file of a booth in `city` that may look, but for what `sections` change."""
    file = folder / "booth.yaml"
    values = {"booth": {"city": city}, "sign": SIGN, **sections}
    file.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return file


def booth_of(folder: Path, city: str, **sections: Any) -> Settings:
    """Its settings. Raises BoothError."""
    return load_settings(booth_file(folder, city, **sections))
