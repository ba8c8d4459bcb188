"""Where an identity lies on a booth: the root of a file system in; every path that provisioning touches out."""

from __future__ import annotations

import contextlib
import fcntl
import grp
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.disk import sync_folder
from appliance.errors import BoothError

GROUP = "booth"


@dataclass(frozen=True)
class Places:
    """All of them below `root`, which is / on a booth."""

    root: Path = Path("/")

    @property
    def home(self) -> Path:
        """What is this booth's own."""
        return self.root / "etc/booth"

    @property
    def commit(self) -> Path:
        """The whole of a new identity in one file; there while it is being put in place."""
        return self.home / ".commit"

    @property
    def settings(self) -> Path:
        """Of the three processes."""
        return self.home / "booth.yaml"

    @property
    def keys(self) -> Path:
        """ca.crt, booth.crt, booth.key; units get copies of them as credentials."""
        return self.home / "keys"

    @property
    def identity(self) -> Path:
        """Who the booth is and since when; there once it was provisioned."""
        return self.home / "identity.json"

    @property
    def tickets(self) -> Path:
        """An empty file for each stick that was used; they outlive a factory reset."""
        return self.home / "tickets"

    @property
    def pending(self) -> Path:
        """Keys whose certificates are being asked for, by ticket."""
        return self.home / "pending"

    @property
    def state(self) -> Path:
        """Where notices lie."""
        return self.root / "var/lib/booth"

    @property
    def ssh(self) -> Path:
        """Host keys."""
        return self.root / "etc/ssh"

    @property
    def zones(self) -> Path:
        """Time zones that the system knows."""
        return self.root / "usr/share/zoneinfo"

    @property
    def network(self) -> Path:
        """The file of NetworkManager where that is installed, else of systemd-networkd."""
        if self.has_network_manager:
            return self.root / "etc/NetworkManager/system-connections/booth.nmconnection"
        return self.root / "etc/systemd/network/10-booth.network"

    @property
    def has_network_manager(self) -> bool:
        """True on JetPack."""
        return (self.root / "etc/NetworkManager").is_dir()


@contextlib.contextmanager
def alone(places: Places) -> Iterator[None]:
    """Wait until no other stick is being read: two may be plugged in at once. Raises BoothError."""
    lock = places.home / ".lock"
    try:
        make_folder(places.home, 0o755)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BoothError(f"{lock}: {os.strerror(error.errno or 0)}; be root, on a booth") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int | None = None) -> None:
    """A folder that outlives a power cut, with those above it; of `mode`, whatever the umask says. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    if mode is not None:
        folder.chmod(mode)


def give_to_group(path: Path) -> None:
    """Let the booth's processes read it; where there is no such group, as on a desk, it stays as it is."""
    with contextlib.suppress(KeyError, PermissionError):
        # In the state folder that group may lay a link under this name: root would give it any file.
        os.chown(path, -1, grp.getgrnam(GROUP).gr_gid, follow_symlinks=False)
