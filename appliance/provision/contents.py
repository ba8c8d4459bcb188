"""The files of a new identity: a checked parcel and its key in; names of a commit and their texts out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from appliance.config import Settings
from appliance.config_file import CITIES, load_settings, merge
from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.machine.dropins import require_address
from appliance.provision.manifest import Manifest
from appliance.provision.network import keyfile_from_network, networkd_from_network
from appliance.provision.own import new_own_files
from appliance.provision.parcel import Parcel
from appliance.provision.places import Places

IDENTITY_SCHEMA = "identity/1"
VISION = Path("/var/lib/booth/vision")
"What was learned: for vision alone, as the package makes it."
OPENING = "# Written by `booth first-boot` from the stick that gave this booth its identity.\n"


def files_of(parcel: Parcel, key: bytes, places: Places, serial: str | None, clock: Clock) -> dict[str, str]:
    """All that changes on the booth. Raises BoothError for settings, zone or network that cannot be."""
    manifest = parcel.manifest
    if not (places.zones / manifest.timezone).is_file():
        raise BoothError(f"timezone: {manifest.timezone} is not known to this system; mend --timezone")
    files = {
        "booth.yaml": settings_text(manifest),
        "ca.crt": manifest.authority,
        "booth.crt": manifest.certificate or "",
        "booth.key": key.decode("ascii"),
        "network": network_text(parcel, places),
        "hostname": f"{hostname_of(manifest)}\n",
        "timezone": f"{manifest.timezone}\n",
        "identity.json": identity_text(manifest, clock),
    }
    if parcel.login is not None:
        files["camera.login"] = parcel.login
    if manifest.update_root is not None:
        files["root.json"] = json.dumps(manifest.update_root)
    return {**files, **new_own_files(places, serial)}


def settings_text(manifest: Manifest, cities: Path = CITIES) -> str:
    """The booth's settings file, which the project's own reader has accepted. Raises BoothError when it does not."""
    text = text_of(manifest)
    settings_from_text(text, cities)
    return text


def text_of(manifest: Manifest) -> str:
    """What the city team has set, and what only a stick's own fields say."""
    own: dict[str, Any] = {
        "booth": {"city": manifest.city, "id": manifest.booth},
        "uplink": {"broker": manifest.broker},
        "folders": {"vision": str(VISION)},
    }
    return OPENING + yaml.safe_dump(merge(dict(manifest.settings), own), sort_keys=False, allow_unicode=True)


def settings_from_text(text: str, cities: Path = CITIES) -> Settings:
    """As the booth will read them. Raises BoothError for what it would refuse."""
    with tempfile.TemporaryDirectory(prefix="booth-settings-") as folder:
        draft = Path(folder) / "booth.yaml"
        draft.write_text(text, encoding="utf-8")
        try:
            settings = load_settings(draft, cities)
        except BoothError as error:
            # Without the draft's path and line, which mean nothing to whoever made the stick.
            mistake = str(error).splitlines()[0].removeprefix(f"{draft}:")
            raise BoothError(
                f"settings: {mistake.partition(': ')[2]}; mend the file given by --config"
            ) from None
    try:
        require_address(settings)
    except BoothError as error:
        raise BoothError(f"settings: {error}") from None
    return settings


def network_text(parcel: Parcel, places: Places) -> str:
    """For whichever of the two this system has. Raises BoothError where it has neither for Wi-Fi."""
    network, lan = parcel.manifest.network, settings_from_text(text_of(parcel.manifest)).display.lan
    if places.has_network_manager:
        return keyfile_from_network(network, parcel.wifi, str(UUID(parcel.manifest.ticket)), lan)
    return networkd_from_network(network, lan)


def hostname_of(manifest: Manifest) -> str:
    """The machine's name: letters, digits and hyphens, at most 38."""
    return f"booth-{manifest.booth}".rstrip("-")


def identity_text(manifest: Manifest, clock: Clock) -> str:
    """Who the booth is from now on, without a secret."""
    identity = {
        "schema": IDENTITY_SCHEMA,
        "city": manifest.city,
        "booth": manifest.booth,
        "ticket": manifest.ticket,
        "made_at_unix_s": manifest.made_at.timestamp(),
        "applied_at": clock.minute,
        "clock_synced": clock.synced,
    }
    return json.dumps(identity, indent=1) + "\n"


def read_identity(places: Places) -> Mapping[str, Any] | None:
    """Who the booth is; None before it was provisioned. Raises BoothError for a file that cannot be read."""
    try:
        values = json.loads(places.identity.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        values = None
    if not isinstance(values, dict) or values.get("schema") != IDENTITY_SCHEMA:
        raise BoothError(f"{places.identity}: cannot be read; `booth factory-reset`, then a new stick")
    return values
