"""A stick as a whole: its files in, the manifest with its secrets out, or one line on what is wrong with it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone

from appliance.errors import BoothError
from appliance.health.clock import Clock
from appliance.provision.manifest import Manifest, manifest_from_bytes
from appliance.provision.network import check_secret
from appliance.provision.papers import TOLERANCE_S, check_identity, is_signed, load_authorities
from appliance.provision.stick import KEY, LOGIN, MANIFEST, SIGNATURE, USED, WIFI, Stick
from appliance.provision.update_root import check_update_root
from appliance.uplink.certificate import Certificates, is_unset


class UsedBefore(BoothError):
    """A stick that has done its work."""


@dataclass(frozen=True)
class Parcel:
    """What a stick brings."""

    manifest: Manifest
    content: bytes
    "The manifest as it was signed."
    signature: bytes | None = None
    key: bytes | None = field(default=None, repr=False)
    wifi: str | None = field(default=None, repr=False)
    login: str | None = field(default=None, repr=False)
    "USER:PASSWORD of a network camera."

    def is_signed_by(self, authorities: Certificates) -> bool:
        """Whether one of them vouches for every word of it."""
        return is_signed(self.content, self.signature, authorities)

    def check(self, key: bytes | None, serial: str | None, clock: Clock) -> None:
        """Raises BoothError unless it is good, now and for the device of this `serial`.

        `key`: the certificate's; None while there is no certificate yet.
        """
        manifest = self.manifest
        if manifest.serial is not None and manifest.serial != serial:
            cure = f"this one is {serial or 'without a serial number'}; take this booth's own stick"
            raise BoothError(f"stick: made for the device {manifest.serial}, {cure}")
        if manifest.expires_at < moment_of(clock) and not is_unset(clock):
            raise BoothError("stick: expired; make a new one")
        if clock.synced and manifest.made_at.timestamp() > clock.unix_s + TOLERANCE_S:
            raise BoothError("stick: made in the future; set the clock of the laptop, then make a new one")
        if manifest.network.wifi:
            if self.wifi is None:
                raise BoothError("wifi.key: missing; make the stick again")
            check_secret(manifest.network.wifi, self.wifi)
        if self.login is not None:
            check_login(self.login)
        if manifest.update_root is not None:
            check_update_root(manifest.update_root, manifest.expires_at)
        if manifest.certificate is None:
            load_authorities(manifest.authority)
        elif key is None:
            raise BoothError("booth.key: missing; make the stick again")
        else:
            check_identity(manifest.name, manifest.certificate, manifest.authority, key, clock)


def read_parcel(stick: Stick) -> Parcel:
    """Raises BoothError for a stick that is none, is damaged, or (UsedBefore) was used."""
    if (used := stick.read(USED)) is not None:
        raise UsedBefore(f"stick: used before{user_of(used)}; make a new one")
    content = stick.read(MANIFEST)
    if content is None:
        raise BoothError("booth.json: missing; make the stick with `booth provision`")
    wifi, login = read_line(stick, WIFI), read_line(stick, LOGIN)
    return Parcel(manifest_from_bytes(content), content, stick.read(SIGNATURE), stick.read(KEY), wifi, login)


def read_line(stick: Stick, name: str) -> str | None:
    """A secret of one line; None where there is none. Raises BoothError, which never quotes it."""
    content = stick.read(name)
    try:
        return None if content is None else content.decode("ascii")
    except ValueError:
        raise BoothError(f"{name}: damaged; make the stick again") from None


def check_login(login: str) -> None:
    """Raises BoothError for what is no USER:PASSWORD, without quoting it."""
    if not re.fullmatch(r"[!-9;-~]{1,64}:[!-~]{1,128}", login):
        raise BoothError("camera login: not USER:PASSWORD in ASCII without blanks; make the stick again")


def user_of(used: bytes) -> str:
    """Which booth says that it has used a stick, for people; empty where that cannot be told."""
    try:
        booth = json.loads(used)["booth"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return f" by {booth[:70]}" if isinstance(booth, str) and booth.isprintable() else ""


def moment_of(clock: Clock) -> datetime:
    """The clock's time."""
    return datetime.fromtimestamp(clock.unix_s, timezone.utc)
