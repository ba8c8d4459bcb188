"""What the settings name on disk, for `booth doctor`: folders and keys in, whether the booth can use them out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from appliance.config import Settings
from appliance.errors import BoothError
from appliance.runtime.checks import NotChecked

LEAST_DISK_MB = 500


def check_folder(folder: Path, least_mb: int = LEAST_DISK_MB, key: str = "folders.*") -> str:
    """A folder that can be written and has space; `key` is what names another one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(folder).free / 1e6
    except OSError as error:
        raise BoothError(
            f"{folder}: {error.strerror}; make it, or set {key} to one that can be written"
        ) from None
    if not os.access(folder, os.W_OK):
        raise BoothError(f"{folder}: cannot be written; chown it to the user that runs the booth")
    if free_mb < least_mb:
        raise BoothError(
            f"{folder}: {free_mb:.0f} MB free, {least_mb} are needed; delete what is not the booth's"
        )
    return f"{folder}: {free_mb:.0f} MB free"


def check_keys(settings: Settings) -> str:
    """Certificate and key files of an encrypted broker."""
    if not settings.uplink.broker.startswith("mqtts"):
        raise NotChecked("the broker is not encrypted, no keys are used")
    named = {
        "ca_file": settings.uplink.ca_file,
        "cert_file": settings.uplink.cert_file,
        "key_file": settings.uplink.key_file,
    }
    for key, path in named.items():
        if path is None or not os.access(path, os.R_OK):
            raise BoothError(f"uplink.{key}: {path or 'not set'} cannot be read; provision this booth's keys")
    return ", ".join(str(path) for path in named.values())
