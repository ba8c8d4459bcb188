"""The site on disk: a state folder in, what was drawn and signed there out. Written by display, in its own folder.

{"schema": "site/1", ...the fields of Site}. It fails closed: a file that cannot be used is an error, never no site. A
site is taken back by an empty one; a file that vanishes under a booth at work takes nothing back, not even a doubt.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from pydantic import ValidationError

from appliance.config import Settings
from appliance.disk import mark_of, read_small, write_own
from appliance.errors import BoothError
from appliance.health.owners import is_from_display
from appliance.site import Site, at_site

log = logging.getLogger(__name__)

FILE = "display/site.json"
SCHEMA = "site/1"
MOST_BYTES = 65_536
CURE = "open the field page and save the zones anew"


def read_site(state: Path) -> Site:
    """What is kept in the folder; Site() where nothing is. Raises BoothError for a file that cannot be used."""
    file = state / FILE
    try:
        values = json.loads(read_small(file, MOST_BYTES, is_from_display))
    except FileNotFoundError:
        return Site()
    except OSError as error:
        cure = f"let this user read the display's own file, or {CURE}"
        raise BoothError(f"{file}: {error.strerror}; {cure}") from None
    except (ValueError, RecursionError):
        values = None
    return site_from(values, file)


def site_from(values: object, file: Path) -> Site:
    """The record of a file's JSON. Raises BoothError for any other."""
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise BoothError(f"{file}: no {SCHEMA}; {CURE}")
    try:
        return Site.model_validate_json(json.dumps({k: v for k, v in values.items() if k != "schema"}))
    except (ValidationError, ValueError, RecursionError):
        raise BoothError(f"{file}: not by {SCHEMA}; {CURE}") from None


def write_site(state: Path, site: Site) -> None:
    """Replace the file at once or not at all. Raises BoothError naming it and the cure."""
    values = {"schema": SCHEMA, **site.model_dump(mode="json")}
    content = json.dumps(values, separators=(",", ":")).encode("ascii")
    write_own(state / FILE, content, "free space or set folders.state to a writable folder")


class Place:
    """The files' settings with the site on top, for a process that only reads them."""

    def __init__(self, files: Settings) -> None:
        self._files = files
        self._mark: tuple[int, ...] | None = None
        self._known = False
        self.settings = files
        self.fault = ""
        "Why nobody may be looked at: there is a site that cannot be used, and none that could be used before."
        self.look(anew=True)

    def look(self, *, anew: bool = False) -> bool:
        """Read the file if it is another than last time; True when `settings` or `fault` became others."""
        mark = mark_of(self._files.folders.state / FILE)
        if mark == self._mark and not anew:
            return False
        self._mark, before = mark, (self.settings, self.fault)
        try:
            self._take()
        except BoothError as error:
            log.warning("what was drawn here is not read: %s", error)
            self.fault = "" if self._known else str(error)
        return (self.settings, self.fault) != before

    def _take(self) -> None:
        if self._mark is None and (self.fault or self.settings != self._files):
            raise BoothError(f"{self._files.folders.state / FILE}: gone; {CURE}")
        self.settings = at_site(self._files, read_site(self._files.folders.state))
        self._known, self.fault = True, ""
