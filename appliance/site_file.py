"""The site on disk: a state folder in, what was drawn and signed there out. Written by display alone.

{"schema": "site/1", ...the fields of Site}. It fails closed: a file that cannot be used is an error, never no site.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import ValidationError

from appliance.disk import write_durably
from appliance.errors import BoothError
from appliance.site import Site

FILE = "site.json"
SCHEMA = "site/1"
MOST_BYTES = 65_536
CURE = "open the field page and save the zones anew"


def read_site(state: Path) -> Site:
    """What is kept in the folder; Site() where nothing is. Raises BoothError for a file that cannot be used."""
    file = state / FILE
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        values = json.loads(content) if len(content) <= MOST_BYTES else None
    except FileNotFoundError:
        return Site()
    except OSError as error:
        raise BoothError(f"{file}: {os.strerror(error.errno or 0)}; {CURE}") from None
    except (ValueError, RecursionError):
        values = None
    return site_from(values, file)


def site_from(values: object, file: Path) -> Site:
    """The record of a file's JSON. Raises BoothError for any other."""
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise BoothError(f"{file}: no {SCHEMA}; {CURE}")
    try:
        return Site.model_validate_json(json.dumps({k: v for k, v in values.items() if k != "schema"}))
    except (ValidationError, ValueError):
        raise BoothError(f"{file}: not by {SCHEMA}; {CURE}") from None


def write_site(state: Path, site: Site) -> None:
    """Replace the file at once or not at all. Raises BoothError naming it and the cure."""
    values = {"schema": SCHEMA, **site.model_dump(mode="json")}
    content = json.dumps(values, separators=(",", ":")).encode("ascii")
    write_durably(state / FILE, content, "free space or set folders.state to a writable folder", mode=0o640)
