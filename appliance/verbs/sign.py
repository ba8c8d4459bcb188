"""`booth sign`: a city, or a booth's file, in; the printable sign and the page behind it as files out."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from appliance.config import NAME_PATTERN, Settings
from appliance.config.duties import Sign
from appliance.config_file import CITIES, load_settings
from appliance.disk import write_durably
from appliance.errors import BoothError
from appliance.sign.content import content_of
from appliance.sign.page import draw_page
from appliance.sign.sheet import draw_sheet

CURE = "name a folder that can be written: --out DIR"


def make_sign(city: str, config: Path | None, out: Path, size: str, url: str | None) -> list[Path]:
    """Write both files, the same bytes for the same settings; returns their paths.

    Raises BoothError naming each key that is not set, or is unlawful.
    """
    content = content_of(settings_for(city, config, url))
    sheet, page = out / f"sign-{city}-{size}.pdf", out / f"sign-{city}.html"
    write_durably(sheet, draw_sheet(content, size).bytes(), CURE, mode=0o644)
    write_durably(page, draw_page(content).encode("utf-8"), CURE, mode=0o644)
    return [sheet, page]


def settings_for(city: str, config: Path | None, url: str | None) -> Settings:
    """Settings of the booth's file, else of the city's own. Raises BoothError for another city or no address."""
    known = sorted(file.stem for file in CITIES.glob("*.yaml"))
    if not re.fullmatch(NAME_PATTERN, city) or (config is None and city not in known):
        raise BoothError(
            f"--city {city[:40]!a}: no city of deploy/cities; name one of {', '.join(known)}, or its --config FILE"
        )
    # A file for `booth provision --config` names no city: the stick does.
    settings = load_settings(config or CITIES / f"{city}.yaml", city=city)
    if settings.booth.city != city:
        raise BoothError(f"{config}: a booth of {settings.booth.city}; ask for the sign of that city")
    if url is None:
        return settings
    try:
        sign = Sign.model_validate({**settings.sign.model_dump(), "url": url})
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise BoothError(f"--url {url}: {said}") from None
    return settings.model_copy(update={"sign": sign})
