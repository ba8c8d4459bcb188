"""Booths as folders, sticks as folders, and a city that signs: what the tests of provisioning begin with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tuf.api.metadata import Metadata, Root

from appliance.health.clock import Clock
from appliance.health.notices import told
from appliance.provision.filling import write_parcel
from appliance.provision.first_boot import FirstBoot
from appliance.provision.making import Wish, make_asking, make_keyed
from appliance.provision.outcome import Outcome
from appliance.provision.papers import sign_manifest
from appliance.provision.parcel import Parcel
from appliance.provision.places import Places
from appliance.provision.stick import Stick
from appliance.update.publisher_keys import ONLINE, load_signer, make_keys
from tests.uplink.authority import Authority

SERIAL = "1423021012345"
NOW = Clock(time.time(), synced=True)
UNSET = Clock(30.0, synced=False)
ZONES = ("America/New_York", "Europe/Stockholm", "Europe/Madrid")
IDENTITY = (
    "etc/booth/booth.yaml",
    "etc/booth/identity.json",
    "etc/booth/keys/ca.crt",
    "etc/booth/keys/booth.crt",
    "etc/booth/keys/booth.key",
    "etc/booth/keys/camera.login",
    "etc/booth/update/root.json",
    "etc/booth/own-machine",
    "etc/NetworkManager/system-connections/booth.nmconnection",
    "etc/hostname",
    "etc/hosts",
    "etc/localtime",
    "etc/timezone",
    "etc/machine-id",
    "etc/ssh/ssh_host_ed25519_key",
    "etc/ssh/ssh_host_ed25519_key.pub",
    "etc/ssh/ssh_host_ecdsa_key",
    "etc/ssh/ssh_host_ecdsa_key.pub",
    "etc/ssh/ssh_host_rsa_key",
)
"Every file that is somebody's identity, below a booth's root."


def root_of_updates(
    folder: Path, signed_by: int = 2, threshold: int = 2, lasts_d: float = 365
) -> dict[str, Any]:
    """The root.json of a city's update site, by as many of its three root keys as are named."""
    make_keys(folder / "keys", 3)
    root = Root(version=1, expires=moment(NOW) + timedelta(days=lasts_d), consistent_snapshot=True)
    signers = [load_signer(folder / "keys" / f"root-{number}.pem") for number in (1, 2, 3)]
    for signer in signers:
        root.add_key(signer.public_key, "root")
    root.roles["root"].threshold = threshold
    for role in ONLINE:
        root.add_key(load_signer(folder / "keys" / f"{role}.pem").public_key, role)
    metadata = Metadata(root)
    for signer in signers[:signed_by]:
        metadata.sign(signer, append=True)
    return metadata.to_dict()


@dataclass
class Recorder:
    """A machine that does as it is told, and remembers it."""

    commands: list[tuple[str, ...]] = field(default_factory=list)
    hostname: str = ""

    def run(self, words: Sequence[str]) -> bool:
        self.commands.append(tuple(words))
        return True

    def rename(self, hostname: str) -> None:
        self.hostname = hostname


@dataclass
class Booth:
    """A root file system as an image leaves it."""

    root: Path
    machine: Recorder = field(default_factory=Recorder)

    @property
    def places(self) -> Places:
        return Places(self.root)

    @property
    def notice(self) -> str:
        return told(self.places.state, "provision")

    def plug(self, stick: Stick, clock: Clock = NOW) -> Outcome:
        return FirstBoot(self.places, stick, self.machine, clock).run()

    def identity(self) -> dict[str, bytes]:
        return identity_in(self.root)

    def pending(self) -> list[bytes]:
        """Keys that wait for an answer."""
        return [path.read_bytes() for path in self.places.pending.glob("*")]


def identity_in(root: Path) -> dict[str, bytes]:
    """All files of IDENTITY that are there; a link counts as where it leads."""
    found = {}
    for name in IDENTITY:
        path = root / name
        if path.is_symlink():
            found[name] = str(path.readlink()).encode()
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def new_booth(root: Path, serial: str = SERIAL) -> Booth:
    """From an image that was copied to many: a shared machine id, and shared host keys."""
    files = {
        "proc/device-tree/serial-number": serial + "\0",
        "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
        "etc/hostname": "tegra-ubuntu\n",
        "etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\ttegra-ubuntu\n",
        "etc/ssh/ssh_host_rsa_key": "the image's\n",
        "etc/ssh/ssh_host_ed25519_key": "the image's\n",
        "etc/NetworkManager/NetworkManager.conf": "[main]\n",
        **{f"usr/share/zoneinfo/{zone}": "TZif" for zone in ZONES},
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Booth(root)


class City:
    """An authority with its secret, and sticks that it makes."""

    def __init__(self, folder: Path, name: str = "city authority") -> None:
        self.folder = folder
        self.authority = Authority(folder / "authority", name)
        self.ca = self.authority.ca.read_text()
        self._made = 0

    def wish(self, booth: str = "desk", **changes: Any) -> Wish:
        wish = Wish(
            "new-york",
            booth,
            "mqtts://broker.example",
            "America/New_York",
            self.ca,
            settings={"decision": {}},
        )
        return replace(wish, **changes)

    def stick(self) -> Stick:
        """An empty one."""
        self._made += 1
        folder = self.folder / f"stick-{self._made}"
        folder.mkdir()
        return Stick(folder)

    def keyed(self, wish: Wish | None = None, *, signed: bool = True, made: Clock | None = None) -> Parcel:
        """With certificate and key; `signed`: the authority vouches for every word."""
        wish = wish or self.wish()
        self._made += 1
        pair = self.authority.sign(f"pair-{self._made}", f"{wish.city}/{wish.booth}")
        parcel = make_keyed(wish, pair.cert.read_text(), pair.key.read_bytes(), made or NOW)
        return self.vouched(parcel) if signed else parcel

    def vouched(self, parcel: Parcel) -> Parcel:
        """The same with the authority's signature, whatever it says."""
        return replace(parcel, signature=sign_manifest(self.secret(), parcel.content))

    def secret(self) -> bytes:
        """The authority's key."""
        return self.authority._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def keyed_stick(self, wish: Wish | None = None, **how: Any) -> Stick:
        return self.written(self.keyed(wish, **how))

    def asking_stick(self, wish: Wish | None = None) -> Stick:
        return self.written(make_asking(wish or self.wish(), NOW))

    def written(self, parcel: Parcel) -> Stick:
        stick = self.stick()
        write_parcel(stick, parcel)
        return stick


def changed(parcel: Parcel, **fields: Any) -> Parcel:
    """With another manifest, unchecked and unsigned."""
    manifest = parcel.manifest.model_copy(update=fields)
    return replace(parcel, manifest=manifest, content=manifest.to_bytes(), signature=None)


def moment(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.unix_s, timezone.utc)
