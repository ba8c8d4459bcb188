"""What the settings name on disk, for `booth doctor`: folders and keys in, whether the booth can use them out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from appliance.config import Settings
from appliance.display.listeners import lan_fault
from appliance.errors import BoothError
from appliance.health.clock import Clock, read_clock
from appliance.law.disclosure import lacking
from appliance.runtime.checks import Advice, NotChecked
from appliance.uplink.address import NOT_SET, broker_from_settings
from appliance.uplink.certificate import EXPIRED, NOT_YET_VALID, OK, is_unset, issuers_of
from appliance.uplink.key_files import CREDENTIAL, credentials_folder
from appliance.uplink.keys import Keys, read_keys

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


def check_sign(settings: Settings) -> str:
    """All that the sign has to say in this city: without it no camera is opened."""
    missing = lacking(settings)
    if missing:
        keys = ", ".join(".".join(fault.key) for fault in missing)
        raise BoothError(
            f"{keys}: set them in the booth's file, nobody is looked at before; booth check-config says why"
        )
    return f"booth sign --city {settings.booth.city} makes it in {', '.join(settings.place.languages)}"


def check_lan(lan: str | None) -> str:
    """The address at which a phone finds the booth, on an interface of this machine."""
    if lan is None:
        raise NotChecked("display.lan is not set: board and field page are on this machine only")
    if fault := lan_fault(lan):
        raise BoothError(fault)
    return f"{lan}: an interface has it"


def check_keys(settings: Settings, clock: Clock | None = None) -> str:
    """Keys for an encrypted broker: there, a pair, one chain, read by their owner only, and good for a while.

    `clock` None: as it is now.
    """
    up = settings.uplink
    broker = broker_from_settings(settings)
    if broker.is_placeholder:
        raise BoothError(f"{broker.url}: {NOT_SET}")
    if not broker.tls:
        raise NotChecked("the broker is not encrypted, no keys are used")
    named = (up.ca_file, up.cert_file, up.key_file)
    if credentials_folder() is None and any(str(file).startswith(CREDENTIAL) for file in named):
        raise NotChecked(
            "the keys are credentials that only the unit sees; its status tells of the certificate"
        )
    keys = read_keys(broker)
    if too_open := broker.key_files.too_open():
        raise BoothError(too_open)
    return _lasting(keys, str(broker.key_files.cert or broker.key_files.ca), clock or read_clock())


def _lasting(keys: Keys, file: str, clock: Clock) -> str:
    days, words = keys.days_left(clock), keys.words(clock)
    if is_unset(clock):
        raise BoothError(
            f"the clock is not set ({clock.minute}), no certificate is valid then; timedatectl set-ntp true"
        )
    if words.endswith((EXPIRED, NOT_YET_VALID)):
        raise BoothError(f"{file}: {words}; provision the keys anew")
    if not keys.own:
        raise Advice(
            "no certificate of ours; set uplink.cert_file and key_file, unless the broker wants none"
        )
    if words != OK:
        raise Advice(f"{file}: {words}; booth renew takes a new one, see deploy/provision/README.md")
    if keys.authorities and not issuers_of(keys.own, keys.authorities):
        raise Advice(
            f"{file}: not signed by uplink.ca_file; provision both by one authority, unless the broker has two"
        )
    return f"{file}: good for {days} days"
