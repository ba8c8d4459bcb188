"""Where a booth's keys lie: settings or a unit's credentials go in, files that can be read come out."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BoothError

CREDENTIAL = "credential:"
"uplink.key_file: credential:NAME is the file NAME of the unit's credentials."
USUAL = ("ca.crt", "booth.crt", "booth.key")
"Credentials that need no setting: the authority, our certificate, its key."
KEYS = ("ca_file", "cert_file", "key_file")
OTHERS = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True)
class KeyFiles:
    """Files in PEM: the authority of the broker, our certificate (then those between it and its authority), its key.

    A unit's credentials (LoadCredential=, systemd.exec(5)) are copies made when the unit starts: what renews
    them must restart the unit (`systemctl restart booth-uplink`), and the outbox keeps the events meanwhile.
    Files that the settings name directly are watched, and need no restart.
    """

    ca: Path | None
    "None: the authorities that the system trusts."
    cert: Path | None
    key: Path | None
    "None: the key is in the certificate's file."
    credentials: Path | None = None
    "The folder of the unit's credentials, where there is one."

    def check(self) -> None:
        """Raises BoothError naming the setting of the first file that is missing or cannot be read."""
        if self.key is not None and self.cert is None:
            raise BoothError("uplink.key_file: a key without a certificate; set uplink.cert_file too")
        for setting, file in zip(KEYS, (self.ca, self.cert, self.key), strict=True):
            if file is not None:
                self._check(setting, file)

    def digest(self) -> bytes:
        """Changes whenever a file does; a file that cannot be read counts as an empty one."""
        whole = hashlib.sha256()
        for file in (self.ca, self.cert, self.key):
            whole.update(hashlib.sha256(_bytes_of(file)).digest())
        return whole.digest()

    def too_open(self) -> str:
        """What is wrong with the rights of the key file, with the cure; '' when only its owner can read it.

        systemd guards credentials by itself, with an access list that looks like rights of the group.
        """
        file = self.key or self.cert
        if file is None or self._is_credential(file):
            return ""
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
        except OSError:
            return ""
        return f"{file}: others can read the key (mode {mode:03o}); chmod 600 {file}" if mode & OTHERS else ""

    def _check(self, setting: str, file: Path) -> None:
        if self._is_credential(file) and not file.is_file():
            cure = f"add LoadCredential={file.name}:FILE to the unit or mend uplink.{setting}"
            raise BoothError(f"{file}: no such credential; {cure}")
        if not file.is_file():
            raise BoothError(f"{file}: no such file; mend uplink.{setting} or provision the keys anew")
        if not os.access(file, os.R_OK):
            raise BoothError(
                f"{file}: cannot be read (uplink.{setting}); be the user that owns it, or chown it"
            )

    def _is_credential(self, file: Path) -> bool:
        return self.credentials is not None and file.parent == self.credentials


def credentials_folder() -> Path | None:
    """Of the unit that this process belongs to; None outside of one."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(folder) if folder else None


def find_key_files(
    ca: Path | None, cert: Path | None, key: Path | None, credentials: Path | None
) -> KeyFiles:
    """The files that the three settings mean; the unit's usual credentials when none is set and it has any.

    Raises BoothError for a credential without a unit that loads it.
    """
    if (ca, cert, key) == (None, None, None) and credentials is not None:
        ca, cert, key = (credentials / name for name in USUAL)
        if not any(file.is_file() for file in (ca, cert, key)):
            ca = cert = key = None
    named = zip(KEYS, (ca, cert, key), strict=True)
    ca, cert, key = (_resolved(setting, file, credentials) for setting, file in named)
    return KeyFiles(ca, cert, key, credentials)


def _resolved(setting: str, file: Path | None, credentials: Path | None) -> Path | None:
    if file is None or not str(file).startswith(CREDENTIAL):
        return file
    name = str(file).removeprefix(CREDENTIAL)
    if not name or "/" in name:
        raise BoothError(f"uplink.{setting}: {file} names no credential; write {CREDENTIAL}NAME")
    if credentials is None:
        cure = f"start it as a unit with LoadCredential={name}:FILE, or name a file"
        raise BoothError(f"uplink.{setting}: {file}, but this process has no credentials; {cure}")
    return credentials / name


def _bytes_of(file: Path | None) -> bytes:
    try:
        return file.read_bytes() if file is not None else b""
    except OSError:
        return b""
