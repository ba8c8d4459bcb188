"""Words of a command line about a stick: options and files in, what the stick is to bring out."""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from appliance.config_file import CITIES, parse_mapping, read_text
from appliance.errors import BoothError
from appliance.provision.authority import Authority
from appliance.provision.batch import fixed_from_words
from appliance.provision.making import Wish
from appliance.provision.manifest import first_fault
from appliance.provision.network import Network
from appliance.provision.zones import zone_of_city

MOST_FILE_BYTES = 256 * 1024
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----")


@dataclass(frozen=True)
class Words:
    """Everything that can be said to `booth provision`; what each means says its --help."""

    folder: Path | None = None
    device: Path | None = None
    city: str = ""
    booth: str = ""
    broker: str = ""
    batch: Path | None = None
    request: bool = False
    authority: Path | None = None
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    wifi: str | None = None
    wifi_security: str = "wpa2"
    ethernet: str = "dhcp"
    config: Path | None = None
    update_root: Path | None = None
    timezone: str | None = None
    camera_login: Path | None = None
    serial: str | None = None
    days: float = 7
    overwrite: bool = False
    again: bool = False
    without_sign: bool = False


def wish_from_words(words: Words) -> Wish:
    """Raises BoothError naming the option or file that cannot be."""
    return Wish(
        city=words.city,
        booth=words.booth,
        broker=words.broker,
        timezone=words.timezone or zone_of_city(words.city, CITIES),
        authority=authority_text(words),
        days=words.days,
        network=network_from_words(words),
        passphrase=passphrase_for(words.wifi),
        login=text_of(words.camera_login).strip() if words.camera_login else None,
        settings=parse_mapping(words.config, read_text(words.config)) if words.config else {},
        update_root=root_from_file(words.update_root),
        serial=words.serial,
    )


def authority_text(words: Words) -> str:
    """ca.crt of the booths. Raises BoothError where nobody says whose."""
    if words.ca is not None:
        return certificates_of(words.ca)
    if words.authority is not None:
        return Authority(words.authority).certificate
    raise BoothError("provision: --ca ca.crt says whom the booth believes; the city team has it")


def network_from_words(words: Words) -> Network:
    """Raises BoothError naming the option."""
    fixed = None
    if words.ethernet != "dhcp":
        address, gateway, dns = (*words.ethernet.split(","), "", "")[:3]
        fixed = fixed_from_words("--ethernet", {"address": address, "gateway": gateway, "dns": dns})
    wifi = {"ssid": words.wifi, "security": words.wifi_security} if words.wifi else None
    try:
        return Network.model_validate({"wifi": wifi, "fixed": fixed})
    except ValidationError as error:
        raise BoothError(f"--wifi: {first_fault(error)}") from None


def passphrase_for(wifi: str | None) -> str | None:
    """Asked for without echo, or the first line of stdin; never a word of the command line, which others see."""
    if not wifi:
        return None
    if sys.stdin.isatty():
        return getpass.getpass(f"passphrase of {wifi!a}: ")
    return sys.stdin.readline().rstrip("\r\n")


def root_from_file(file: Path | None) -> Mapping[str, Any] | None:
    """The root of TUF. Raises BoothError for what is none."""
    if file is None:
        return None
    try:
        values = json.loads(text_of(file))
        fits = values["signed"]["_type"] == "root"
    except (ValueError, LookupError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise BoothError(f"{file}: no root of TUF; the city team has root.json")
    return dict(values)


def certificates_of(file: Path) -> str:
    """All certificates of a file, without what openssl says about them. Raises BoothError where there are none."""
    return certificates_in(text_of(file), str(file))


def certificates_in(text: str, where: str) -> str:
    """The same of a text that came from `where`."""
    found = CERTIFICATE.findall(text.replace("\r\n", "\n"))
    if not found:
        raise BoothError(f"{where}: no certificate in PEM; name another file")
    return "\n".join([*found, ""])


def text_of(file: Path) -> str:
    """A small text. Raises BoothError, which never quotes it."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise BoothError(f"{file}: {error.strerror}; name a file that can be read") from None
    if len(content) > MOST_FILE_BYTES:
        raise BoothError(f"{file}: larger than {MOST_FILE_BYTES} bytes; name another file")
    try:
        return content.decode("ascii")
    except ValueError:
        raise BoothError(f"{file}: not ASCII; name a file in PEM or JSON") from None
