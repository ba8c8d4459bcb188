"""What no two devices may share though one image was written to both: a serial number in; new ids and keys out."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from appliance.provision.places import Places

SERIALS = (
    "proc/device-tree/serial-number",
    "sys/class/dmi/id/product_serial",
    "sys/class/dmi/id/product_uuid",
)
"Of a Jetson, and of a PC (root alone reads those)."
MARK = "own-machine"
"A file: the device for which ids and host keys were made last."


def read_serial(root: Path) -> str | None:
    """Number of this device; None where it has none."""
    for name in SERIALS:
        try:
            text = (root / name).read_bytes()[:64].rstrip(b"\0\n ").decode("ascii")
        except (OSError, ValueError):
            continue
        if text.strip():
            return text.strip()
    return None


def new_own_files(places: Places, serial: str | None) -> dict[str, str]:
    """Machine id and host keys, by the names of a commit; empty where this very device has its own already.

    The first provisioning makes them whatever is there: an image cannot be asked whom it was copied to. A disk
    that moved into another device, or was copied there, is known by the serial number.
    """
    mark = hashlib.sha256(f"device {serial}".encode()).hexdigest()
    if read_mark(places) == mark:
        return {}
    made = {MARK: mark, "machine-id": secrets.token_hex(16) + "\n"}
    if places.ssh.is_dir() and any(places.ssh.glob("ssh_host_*_key")):
        made.update(new_host_keys())
    return made


def read_mark(places: Places) -> str:
    """Of the device that has its own; empty for none."""
    try:
        return (places.home / MARK).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def new_host_keys() -> dict[str, str]:
    """One key of each kind that ssh speaks today, as OpenSSH writes them."""
    kinds: dict[str, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey] = {
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "ecdsa": ec.generate_private_key(ec.SECP256R1()),
    }
    made = {}
    for kind, key in kinds.items():
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        made[f"ssh_host_{kind}_key"] = secret.decode("ascii")
        made[f"ssh_host_{kind}_key.pub"] = public.decode("ascii") + "\n"
    return made
