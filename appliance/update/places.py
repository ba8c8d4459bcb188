"""Where the parts of an update lie: the few folders in, the path of each thing and what runs now out."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from appliance.disk import read_small
from appliance.update.version import is_version

PACKAGED = ""
"How the program that the Debian package brought is called where others are called by their version."
BUILD = "build.json"
NOTE, METADATA, BUNDLES = "note.json", "metadata", "bundles"
"In the courier's folder. Metadata have the same name under the update server's address."


@dataclass(frozen=True)
class Places:
    """The folders; only `courier` may be written by the one who talks to the network."""

    home: Path = Path("/var/lib/booth-update")
    packaged: Path = Path("/usr/lib/booth")
    anchor: Path = Path("/etc/booth/update/root.json")
    "The TUF root that provisioning put there: whom this booth believes at first."

    @property
    def state(self) -> Path:
        """The journal."""
        return self.home / "state.json"

    @property
    def versions(self) -> Path:
        """One release tree a folder; VERSION.partial is not whole."""
        return self.home / "versions"

    @property
    def current(self) -> Path:
        """A link to the tree that runs; absent: the packaged one."""
        return self.home / "current"

    @property
    def trust(self) -> Path:
        """Metadata that root itself has verified."""
        return self.home / "trust"

    @property
    def taken(self) -> Path:
        """Bundles copied to where only root writes."""
        return self.home / "taken"

    @property
    def courier(self) -> Path:
        """What the unprivileged downloader owns."""
        return self.home / "courier"

    @property
    def lock(self) -> Path:
        """Held by the one who changes journal or link; root's alone."""
        return self.home / "lock"

    @property
    def courier_lock(self) -> Path:
        """Held by the courier at work, and while root reads what it brought."""
        return self.courier / "lock"

    def tree(self, version: str) -> Path:
        """The release tree of `version`."""
        return self.versions / version if version else self.packaged

    def running(self) -> str:
        """Version that `current` points to; PACKAGED where it points nowhere good."""
        try:
            name = Path(os.readlink(self.current)).name  # noqa: PTH115
        except OSError:
            return PACKAGED
        return name if is_version(name) and self.tree(name).is_dir() else PACKAGED


def build_of(tree: Path) -> dict[str, str]:
    """Version, Python and arch by the tree's build.json; {} where there is none that can be read."""
    try:
        values = json.loads(read_small(tree / BUILD))
    except (OSError, ValueError, RecursionError):
        return {}
    names = ("version", "python", "arch")
    if not isinstance(values, dict) or not all(isinstance(values.get(name), str) for name in names):
        return {}
    return {name: values[name] for name in names}


def version_of(places: Places, version: str) -> str:
    """The version's own number; that of the packaged program by its build.json, '' where it has none."""
    return version or build_of(places.packaged).get("version", "")
