"""A plain file of the web or of this machine: a URL goes in, the file in a folder comes out."""

from __future__ import annotations

import shutil
import urllib.request
from http.client import HTTPException
from pathlib import Path

from appliance.errors import BoothError

SILENCE_S = 60.0
"After so long without a byte the other side counts as gone."


def download_file(url: str, folder: Path) -> Path:
    """Copy what a URL (https, http or file) names into a folder; raises BoothError with the reason."""
    if not url.startswith(("https://", "http://", "file://")):
        raise BoothError(f"{url} is no https://, http:// or file:// address; mend it in models.yaml")
    target = folder / "download"
    try:
        with urllib.request.urlopen(url, timeout=SILENCE_S) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    except (OSError, HTTPException, ValueError) as error:
        raise BoothError(f"could not fetch {url} ({error}); check the network and the address") from error
    return target
