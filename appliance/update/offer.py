"""What a repository says of a bundle: the bundle and whom it is for in; its path there and words for booths out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.errors import BoothError
from appliance.update.bundle import Unpacked, members_of
from appliance.update.manifest import Manifest, parse_manifest
from appliance.update.quota import METADATA_BYTES, QUOTA_BYTES
from appliance.update.unpack import first_file
from appliance.update.version import version_key


@dataclass(frozen=True)
class Offer:
    """One bundle of a release."""

    bundle: Path
    path: str
    "Its name in the repository; the folder it lies in and slashes go before."
    custom: Mapping[str, Any]
    "What a booth reads before it fetches: version, python, arch, ring, min_version, unpacked_bytes."

    @property
    def name(self) -> str:
        """For people."""
        return self.path.rpartition("/")[2]


def offer_of(bundle: Path, ring: str, min_version: str | None) -> Offer:
    """The offer of a bundle to a ring. Raises BoothError for what no booth takes, and OSError."""
    manifest = manifest_of(bundle)
    try:
        version_key(min_version or "0")
    except ValueError as error:
        raise BoothError(f"--min-version: {error}") from None
    most = QUOTA_BYTES - METADATA_BYTES
    if bundle.stat().st_size > most:
        raise BoothError(f"{bundle}: larger than {most >> 20} MB, which no booth takes; leave something out")
    name = f"booth-{manifest.version}-py{manifest.python}-{manifest.arch}.tar.gz"
    custom = {
        "version": manifest.version, "python": manifest.python, "arch": manifest.arch, "ring": ring,
        "min_version": min_version, "unpacked_bytes": max(1, manifest.size),
    }  # fmt: skip
    return Offer(bundle, f"bundles/{name}", custom)


def manifest_of(bundle: Path) -> Manifest:
    """The manifest of a bundle. Raises BoothError."""
    try:
        with bundle.open("rb") as file:
            return parse_manifest(first_file(members_of(Unpacked(file))))
    except FileNotFoundError:
        raise BoothError(f"{bundle}: no such file; make one with: make bundle") from None
