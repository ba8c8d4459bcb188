"""What the sign of a booth-to-be lacks, said at the laptop: a wish for a stick in; lines, or a refusal, out.

A booth reads its stick in the street, where nobody can write an address of the company any more: whatever its sign
lacks has to be known before the technician drives there.
"""

from __future__ import annotations

from pathlib import Path

from appliance.errors import BoothError
from appliance.health.clock import read_clock
from appliance.law.disclosure import lacking, looks_at_people, require_disclosure
from appliance.provision.contents import settings_from_text, text_of
from appliance.provision.making import Wish, manifest_from_wish
from appliance.provision.parcel import moment_of

EXAMPLE = "deploy/cities/README.md"


def lines_on_sign(wish: Wish, config: Path | None, *, needed: bool) -> list[str]:
    """What to say beside the stick; [] when its sign can be made, or when its camera sees nobody.

    Raises BoothError, key by key and with the command, where the booth would look at nobody, unless it is not `needed`.
    """
    settings = settings_from_text(text_of(manifest_from_wish(wish, moment_of(read_clock()))))
    found = lacking(settings)
    if not found or not looks_at_people(settings.camera):
        return []
    keys = ", ".join(".".join(fault.key) for fault in found)
    try:
        require_disclosure(settings)
    except BoothError as error:
        if needed:
            raise BoothError(f"{error}\n{refusal(wish.city, config)}") from None
        return [f"sign       lacks {keys}: this booth looks at nobody before they are set"]
    return [f"sign       lacks {keys}: the booth looks, but the sign that should hang there cannot be made"]


def refusal(city: str, config: Path | None) -> str:
    """Why there is no stick, and what to type for one."""
    into = f"mend {config}" if config else f"write these keys into extra.yaml, as {EXAMPLE} shows"
    file = config or "extra.yaml"
    return (
        f"no stick was made: a booth in {city} looks at nobody before its sign can be made in full; {into},"
        f" then add --config {file} to this command, and print the sign:"
        f" booth sign --city {city} --config {file}; --without-sign makes the stick all the same"
    )
