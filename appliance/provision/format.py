"""A new stick: a partition of a removable disk in; an empty FAT file system labelled BOOTH, mounted, out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from appliance.errors import BoothError
from appliance.provision.device import OPTIONS, block_device, mount_point
from appliance.provision.machine import Machine, RunningMachine
from appliance.provision.stick import LABEL

SYSFS = Path("/sys/class/block")
MOUNTS = Path("/proc/self/mounts")


@contextlib.contextmanager
def formatted(device: Path, machine: Machine | None = None, sysfs: Path = SYSFS) -> Iterator[Path]:
    """Where it is mounted. Raises BoothError for a disk that does not look like a stick, before it is touched."""
    node, system = block_device(device), machine or RunningMachine()
    check_stick(node, sysfs)
    if not system.run(("mkfs.vfat", "-n", LABEL, str(node))):
        raise BoothError(f"{node}: cannot be formatted; be root, with dosfstools installed and its lock off")
    with mount_point() as folder:
        if not system.run(("mount", "-t", "vfat", "-o", OPTIONS, str(node), folder)):
            raise BoothError(f"{node}: cannot be mounted; plug it in again")
        try:
            yield Path(folder)
        finally:
            gone = system.run(("umount", folder))
        if not gone:
            raise BoothError(f"{node}: still busy; wait until its light is still, then: umount {node}")


def check_stick(node: Path, sysfs: Path, mounts: Path = MOUNTS) -> None:
    """Raises BoothError unless it is a partition of a removable disk that nobody uses."""
    entry = (sysfs / node.name).resolve()
    if not (entry / "partition").exists():
        raise BoothError(f"{node}: no partition; name one of the stick, as /dev/sdb1 (lsblk -f shows it)")
    removable = entry.parent / "removable"
    if not removable.exists() or removable.read_text(encoding="ascii").strip() != "1":
        raise BoothError(f"{node}: not on a removable disk; a stick is needed, this would be erased")
    if any(line.split()[:1] == [str(node)] for line in mounts.read_text(encoding="utf-8").splitlines()):
        raise BoothError(f"{node}: mounted; umount it first, or name where it is mounted instead of --device")
