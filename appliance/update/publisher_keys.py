"""The publisher's keys: a folder in; Ed25519 keys, each a private and a public file, or signers for roles out."""

from __future__ import annotations

import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from appliance.errors import BoothError, cure_of

ONLINE = ("targets", "snapshot", "timestamp")
"Roles with one key; root has several."
MOST_BYTES = 16 * 1024


def make_keys(folder: Path, roots: int, passphrase: bytes | None = None) -> list[Path]:
    """Make root-1.. and the online keys, private ones readable by their owner only. Raises BoothError."""
    names = [*(f"root-{number}" for number in range(1, roots + 1)), *ONLINE]
    taken = [name for name in names if (folder / f"{name}.pem").exists()]
    if taken:
        raise BoothError(
            f"{folder / taken[0]}.pem: is there already; name another folder, keys are not replaced"
        )
    return [make_key(folder, name, passphrase) for name in names]


def make_key(folder: Path, name: str, passphrase: bytes | None = None) -> Path:
    """One key: NAME.pem, and NAME.pub which may be seen by everybody. Raises BoothError where one is there."""
    private = Ed25519PrivateKey.generate()
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    public = SSlibKey.from_crypto(private.public_key())
    file = folder / f"{name}.pem"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(file, pem, 0o600)
        text = json.dumps({"keyid": public.keyid, **public.to_dict()}, indent=1, sort_keys=True) + "\n"
        write_new(folder / f"{name}.pub", text.encode("ascii"), 0o644)
    except OSError as error:
        raise BoothError(f"{file}: {os.strerror(error.errno or 0)}; name another folder") from None
    return file


def write_new(file: Path, content: bytes, mode: int) -> None:
    """A file that must not be there yet. Raises OSError."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
        opened.write(content)


def load_signer(file: Path, passphrase: bytes | None = None) -> CryptoSigner:
    """The signer of a private key file. Raises BoothError."""
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), passphrase)
    except OSError as error:
        cure = "bring the key" if isinstance(error, FileNotFoundError) else cure_of(error)
        raise BoothError(f"{file}: {os.strerror(error.errno or 0)}; {cure}") from None
    except TypeError:
        raise BoothError(f"{file}: needs a passphrase, or needs none; see --passphrase-file") from None
    except ValueError:
        raise BoothError(f"{file}: no key, or another passphrase; bring the right one") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise BoothError(f"{file}: no Ed25519 key; make keys with: booth update keys")
    return CryptoSigner(private)


def load_public(file: Path) -> Key:
    """The public half, NAME.pub. Raises BoothError, and OSError for what is not there."""
    try:
        values = json.loads(file.read_bytes()[:MOST_BYTES])
        return Key.from_dict(values.pop("keyid"), values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BoothError(
            f"{file}: no public key ({error}); bring NAME.pub as `booth update keys` made it"
        ) from None
