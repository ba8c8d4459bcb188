"""Packages for work that the booth itself does not do: exact versions in, a folder in the cache comes out."""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

from engines.cache import Cache
from engines.pip import install_into, say


def bring_tools(cache: Cache, kind: str, packages: tuple[str, ...], download_bytes: int) -> Path:
    """Return the folder with these packages, installed when it is missing; raises BoothError with pip's reason."""
    folder = cache.tools / tools_name(packages, kind)
    if folder.is_dir():
        return folder
    say(f"{kind}: fetching " + ", ".join(packages), download_bytes)
    with cache.scratch() as scratch:
        install_into(scratch / "site", packages)
        folder.parent.mkdir(parents=True, exist_ok=True)
        (scratch / "site").rename(folder)
    return folder


def tools_name(packages: tuple[str, ...], kind: str = "converter") -> str:
    """Return a folder name that changes with the packages, the Python and the kind of processor."""
    key = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    return f"{kind}-{platform.machine()}-py{sys.version_info.major}{sys.version_info.minor}-{key}"
