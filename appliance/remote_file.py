"""Wishes on disk: a state folder in; what is in force, and whether it is on trial, out. The uplink alone writes it.

{"schema", "version", "settings", "tried", "reason", "previous": null or {"version", "settings"}}
"""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.config import Settings
from appliance.disk import mark_of, read_small, write_own
from appliance.errors import BoothError
from appliance.remote import Wish, in_force
from appliance.site_file import Place

log = logging.getLogger(__name__)

FILE = "uplink/remote.json"
SCHEMA = "remote/1"
KEYS = {"schema", "version", "settings", "tried", "reason", "previous"}
CURE = "restart the uplink, which sets it aside"
MOST_BYTES = 65_536
"Two wishes of 16 KiB and what is said of them."
LOOK_S = 1.0
"Between two looks at the file by those who only read it."
MOST_VERSION = 2**31 - 1


def is_version(number: object, least: int = 1) -> bool:
    """True for a whole number from `least` to the highest of the contract."""
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= MOST_VERSION


@dataclass(frozen=True)
class Version:
    """A numbered wish; 0 with {}: none, all is as the files have it."""

    version: int = 0
    settings: Wish = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_version(self.version, least=0) or not isinstance(self.settings, dict):
            raise ValueError("no version of the settings")


@dataclass(frozen=True)
class Kept:
    """What the file holds."""

    force: Version = Version()
    "In force, if only on trial."
    tried: int = 0
    "Highest version that was ever put in force: this and lower ones are not tried again."
    reason: str = ""
    "Why the tried version is in force no more; '' otherwise."
    previous: Version | None = None
    "While the version in force is on trial: what comes back unless it is proved."

    def __post_init__(self) -> None:
        if not is_version(self.tried, least=self.force.version) or not isinstance(self.reason, str):
            raise ValueError("tried is below what is in force")


def read_kept(state: Path) -> Kept:
    """What is kept in the folder; Kept() where nothing is. Raises BoothError for a file that cannot be used."""
    file = state / FILE
    try:
        return kept_from(json.loads(read_small(file, MOST_BYTES)))
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        raise BoothError(f"{file}: {error.strerror}; {CURE}") from None
    except (ValueError, RecursionError):
        raise BoothError(f"{file}: not by {SCHEMA}; {CURE}") from None


def kept_from(values: object) -> Kept:
    """The record of a file's JSON. Raises ValueError for any other."""
    if not isinstance(values, dict) or values.keys() != KEYS or values["schema"] != SCHEMA:
        raise ValueError(f"no {SCHEMA}")
    previous = values["previous"]
    if previous is not None and (
        not isinstance(previous, dict) or previous.keys() != {"version", "settings"}
    ):
        raise ValueError("previous is no version")
    return Kept(
        Version(values["version"], values["settings"]),
        values["tried"],
        values["reason"],
        Version(**previous) if previous is not None else None,
    )


def write_kept(state: Path, kept: Kept) -> None:
    """Replace the file at once or not at all. Raises BoothError naming it and the cure."""
    values: dict[str, Any] = {
        "schema": SCHEMA,
        "version": kept.force.version,
        "settings": kept.force.settings,
        "tried": kept.tried,
        "reason": kept.reason,
        "previous": None,
    }
    if kept.previous is not None:
        values["previous"] = {"version": kept.previous.version, "settings": kept.previous.settings}
    content = json.dumps(values, separators=(",", ":")).encode("ascii")
    write_own(state / FILE, content, "free space or set folders.state to a writable folder")


def set_aside(state: Path) -> None:
    """Rename a file that cannot be used, over an older such one, and say that nothing is wished any more.

    Those who read it take a file that is only gone for damage, and keep to what they knew.
    """
    with contextlib.suppress(OSError, BoothError):
        (state / FILE).replace(state / f"{FILE}.corrupt")
        write_kept(state, Kept())


class Remote:
    """The settings in force, for a process that only reads them. Its owner looks now and then; nothing is written."""

    def __init__(self, files: Settings, now_s: float) -> None:
        self._state = files.folders.state
        self._place = Place(files)
        self._mark: tuple[int, ...] | None = None
        self._wish: Wish = {}
        self._known = False
        self._doubt = ""
        "Why it is not known what is wished; '' where it is, or was before."
        self._looked_s = now_s
        self.settings = self._in_force()
        "Those of the files, with what was drawn at the place and what is wished from afar on top."

    @property
    def fault(self) -> str:
        """Why nobody may be looked at, whatever `settings` say; '' where all is well."""
        return self._place.fault or self._doubt

    def look(self, now_s: float) -> bool:
        """Read the files if they are others than a second ago; True when `settings` became others."""
        if now_s - self._looked_s < LOOK_S:
            return False
        self._looked_s = now_s
        moved = self._place.look()
        if not moved and mark_of(self._state / FILE) == self._mark:
            return False
        before, self.settings = self.settings, self._in_force()
        return self.settings != before

    def _in_force(self) -> Settings:
        """What files, place and wish say; without the wish where the others, which may have changed, forbid it."""
        self._read()
        try:
            return in_force(self._place.settings, self._wish)
        except BoothError as error:
            log.warning("what was set from afar is not used: %s", error)
            return self._place.settings

    def _read(self) -> None:
        """The wish of the file; the last one where it cannot be read any more, lest a stricter one fall away.

        Whoever starts with a file that he cannot read does not know how strict it was: nobody may be looked at.
        """
        self._mark = mark_of(self._state / FILE)
        if self._mark is None and (self._wish or self._doubt):
            log.warning("%s: gone; what it said stays in force", self._state / FILE)
            return
        try:
            self._wish, self._known, self._doubt = read_kept(self._state).force.settings, True, ""
        except BoothError as error:
            log.warning("what was set from afar is not used: %s", error)
            self._doubt = "" if self._known else str(error)
